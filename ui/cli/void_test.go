package cli

import (
	"strings"
	"testing"

	"cashier/wechat/sim"
)

// Design 3.8: what WeChat Pay will not revoke is not voided, stays on the attention
// list, and ends by a refund of the whole.
func TestVoid_RefusedByWeChatPay(t *testing.T) {
	f := newShopFloor(t)
	_, sold, _ := f.run("pay", "12.50", "--code", "130000000000000001")
	no := string(sold[0].OrderNo)
	f.sim.Inject(sim.OnRevoke, sim.Together(sim.Refuse("REVERSE_EXPIRE"), sim.With("recall", "N")))
	exit, records, messages := f.run("void", no, "--reason", "cold coffee", "--by", "anna", "--wait", "10s")
	if exit != exitOpen || len(records) != 1 || records[0].Attention != "revoke_refused" || records[0].State != "confirming" {
		t.Errorf("exit status %d, %+v", exit, records)
	}
	if want := "hint: give all of it back: cashier refund " + no + " 12.50 --reason TEXT"; !strings.Contains(messages, want) {
		t.Errorf("%s, want %s", messages, want)
	}
	exit, records, messages = f.run("refund", no, "12.50", "--reason", "cold coffee", "--by", "anna")
	if exit != exitDone || len(records) != 1 || records[0].State != "revoked" || records[0].RefundedMinor != 1250 {
		t.Errorf("refund: exit status %d, %+v\n%s", exit, records, messages)
	}
}
