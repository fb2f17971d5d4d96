package wechat

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"cashier/pos"
)

// maxBill bounds the text of a bill, unpacked: more than 100 000 orders a day.
const maxBill = 64 << 20

// billTimeout bounds the download of a bill, which is longer than any other answer.
const billTimeout = 5 * time.Minute

// DownloadBillRequest is Download Bill (POST /pay/downloadbill). Identity,
// nonce_str, sign_type and sign are added by the client.
type DownloadBillRequest struct {
	// Day (bill_date, String(8), required) is the day of the bill in GMT+8; only
	// its year, month and day count. Yesterday's is there from 10:00 GMT+8 on, and
	// none is older than three months.
	Day time.Time

	// Type (bill_type, String(8), optional) is BillAll when empty.
	Type BillType

	// Gzip (tar_type GZIP) asks for a packed answer. It is unpacked here.
	Gzip bool

	// DeviceInfo (device_info, String(32), optional) asks for one till's orders.
	DeviceInfo string
}

// BillType is which orders a bill has (bill_type, String(8)).
type BillType string

// The types.
const (
	BillAll     BillType = "ALL"     // payments and refunds
	BillSuccess BillType = "SUCCESS" // payments
	BillRefund  BillType = "REFUND"  // refunds
)

func (q DownloadBillRequest) params() params {
	tar := ""
	if q.Gzip {
		tar = "GZIP"
	}
	return params{
		need("bill_date", day(q.Day), 8),
		may("bill_type", string(q.Type), 8).of(string(BillAll), string(BillSuccess), string(BillRefund)),
		may("tar_type", tar, 8),
		may("device_info", q.DeviceInfo, 32),
	}
}

// BillReceipt is what was written of a bill.
type BillReceipt struct {
	Reply
	Bytes  int64  // of the text
	SHA256 string // of the text, hexadecimal
}

// The two answers about a bill that are no failures of ours.
var (
	ErrNoBill       = errors.New("there is no bill: nothing was traded that day")
	ErrBillNotReady = errors.New("the bill is not made yet")
)

// DownloadBill writes the text of a bill to w as it comes, at most 64 MiB. A bill
// is not signed: it is for comparing, and nothing is concluded from it alone. The
// error is an *Error or w's own, and what was written before it is of no use;
// errors.Is knows ErrNoBill and ErrBillNotReady.
func (c *Client) DownloadBill(ctx context.Context, q DownloadBillRequest, w io.Writer) (BillReceipt, error) {
	all := q.params()
	if err := c.fit(DownloadBill, all); err != nil {
		return BillReceipt{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, max(billTimeout, c.config.RequestTimeout))
	defer cancel()
	took := stopwatch()
	receipt, err := c.download(ctx, sealed(c.identified(all.fields()), c.signer), w)
	receipt.Took = took()
	return receipt, err
}

// download makes the round trip.
func (c *Client) download(ctx context.Context, body []byte, w io.Writer) (BillReceipt, error) {
	resp, err := c.send(ctx, DownloadBill, http.MethodPost, c.url(DownloadBill), body, http.Header{"Content-Type": {"text/xml; charset=utf-8"}})
	if err != nil {
		_, rule, err := judgeEnvelope(Reply{}, err, c.signer)
		return BillReceipt{}, &Error{Op: DownloadBill, Rule: rule, Err: err}
	}
	defer resp.Body.Close()
	receipt := BillReceipt{Reply: newReply(resp)}
	if resp.StatusCode != http.StatusOK {
		return receipt, noBill(BadStatus, fmt.Errorf("the answer has HTTP status %d", resp.StatusCode))
	}
	answer := bufio.NewReader(resp.Body)
	switch head, _ := answer.Peek(16); {
	case len(head) == 0:
		return receipt, noBill(BadStatus, errors.New("the answer is empty"))
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(answer)
		if err != nil {
			return receipt, noBill(Malformed, errors.New("the answer is not packed as it says"))
		}
		return receipt.copy(ctx, w, unpacked)
	case strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(string(head), byteOrderMark)), "<"):
		return receipt, c.refusedBill(answer)
	}
	return receipt.copy(ctx, w, answer)
}

// byteOrderMark may stand in front of a bill.
const byteOrderMark = "\uFEFF"

func noBill(rule Rule, err error) error { return &Error{Op: DownloadBill, Rule: rule, Err: err} }

// copy writes the text and counts it.
func (r BillReceipt) copy(ctx context.Context, w io.Writer, text io.Reader) (BillReceipt, error) {
	sum := sha256.New()
	out := &remember{w: io.MultiWriter(w, sum)}
	n, err := io.Copy(out, io.LimitReader(text, maxBill+1))
	r.Bytes, r.SHA256 = n, hex.EncodeToString(sum.Sum(nil))
	switch {
	case out.err != nil:
		return r, fmt.Errorf("%s: %w", DownloadBill, out.err)
	case err != nil:
		return r, noBill(NoAnswer, trouble(ctxOr(ctx, err)))
	case n > maxBill:
		return r, noBill(BadStatus, fmt.Errorf("the bill is longer than %d MiB", maxBill>>20))
	}
	return r, nil
}

// remember keeps the error of a writer apart from that of a reader.
type remember struct {
	w   io.Writer
	err error
}

func (r *remember) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	r.err = err
	return n, err
}

// refusedBill reads the answer that comes in place of a bill. It is not signed.
func (c *Client) refusedBill(answer io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(answer, maxBody+1))
	if err != nil {
		return noBill(NoAnswer, trouble(err))
	}
	all, err := decode(body)
	if err != nil {
		return noBill(Malformed, fmt.Errorf("the answer is neither a bill nor one flat <xml>: %w", err))
	}
	if all.value("return_code") != fail {
		return noBill(NoReturnCode, errors.New("the answer is neither a bill nor a return_code FAIL"))
	}
	msg := redactor{key: c.config.Key, plain: true}.text(all.value("return_msg"))
	return &Error{Op: DownloadBill, Rule: ReturnFail, ReturnMsg: msg, Err: billTrouble(msg)}
}

// billTrouble says what a return_msg of Download Bill means (wechatpay-v2 6.8,
// spelling as on the page).
func billTrouble(msg string) error {
	is := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(strings.ToLower(msg), w) {
				return true
			}
		}
		return false
	}
	switch {
	case is("no bill exist"):
		return &pos.Error{Kind: pos.KindNotFound, Err: ErrNoBill, Hint: "a day's bill is there from 10:00 GMT+8 of the next day on"}
	case is("bill creating"):
		return &pos.Error{Kind: pos.KindUnavailable, Err: ErrBillNotReady, Hint: "come back after 10:00 GMT+8"}
	case is("systemerror", "compressgzip"):
		return &pos.Error{Kind: pos.KindUnavailable, Err: fmt.Errorf("return_code FAIL: %q", msg), Hint: "try again"}
	case is("sign error", "签名"):
		return credentials("check wechat.key_file and wechat.sign_type", fmt.Errorf("return_code FAIL: %q", msg))
	}
	return &pos.Error{Kind: pos.KindInvalid, Err: fmt.Errorf("return_code FAIL: %q", msg), Hint: "check the day, the type of bill and the merchant"}
}
