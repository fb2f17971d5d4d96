package wechat

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"cashier/pos"
)

func packed(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func download(t testing.TB, g *gateway, w io.Writer) (BillReceipt, error) {
	return g.client(t).DownloadBill(t.Context(), DownloadBillRequest{Day: testDay, Gzip: true}, w)
}

func TestABillIsWrittenAsItCameOrUnpacked(t *testing.T) {
	sum := sha256.Sum256([]byte(testBill))
	for name, body := range map[string]string{"text": testBill, "gzip": packed(t, testBill)} {
		var out strings.Builder
		r, err := download(t, &gateway{status: 200, body: body}, &out)
		if err != nil || out.String() != testBill || r.Bytes != int64(len(testBill)) || r.SHA256 != hex.EncodeToString(sum[:]) || r.Status != 200 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestABillIsAskedForByDayAndType(t *testing.T) {
	q := DownloadBillRequest{Day: testDay, Type: BillRefund, Gzip: true, DeviceInfo: "K1"}
	f := wire(t, func(c *Client) error { _, err := c.DownloadBill(t.Context(), q, io.Discard); return err })
	sends(t, f, "bill_date", "20250218", "bill_type", "REFUND", "tar_type", "GZIP", "device_info", "K1", "mch_id", "10000100")
	f = wire(t, func(c *Client) error {
		_, err := c.DownloadBill(t.Context(), DownloadBillRequest{Day: testDay}, io.Discard)
		return err
	})
	sends(t, f, "bill_type", "", "tar_type", "", "device_info", "")
	for name, q := range map[string]DownloadBillRequest{"no day": {}, "a type": {Day: testDay, Type: "SOME"}} {
		refusedUnsent(t, name, func(c *Client) error { _, err := c.DownloadBill(t.Context(), q, io.Discard); return err })
	}
}

// What comes in place of a bill is told apart by its first bytes.
func TestNoBillSaysWhy(t *testing.T) {
	for msg, want := range map[string]pos.Kind{
		"NO Bill Exist": pos.KindNotFound, "No Bill Exist": pos.KindNotFound, "Bill Creating": pos.KindUnavailable, "SYSTEMERROR": pos.KindUnavailable,
		"CompressGZip Error": pos.KindUnavailable, "UnCompressGZip Error": pos.KindUnavailable, "SIGN ERROR": pos.KindCredentials, "签名错误": pos.KindCredentials,
		"invalid bill_type": pos.KindInvalid, "data format error": pos.KindInvalid, "missing parameter": pos.KindInvalid,
	} {
		for _, before := range []string{"", "\uFEFF", "\n "} {
			var out strings.Builder
			_, err := download(t, &gateway{status: 200, body: before + unsigned("return_code", "FAIL", "return_msg", msg, "error_code", "20002")}, &out)
			e, ok := errors.AsType[*Error](err)
			if before == "\uFEFF" && ok && e.Rule == Malformed { // a mark is no part of the XML that we read
				continue
			}
			if !ok || e.Rule != ReturnFail || e.ReturnMsg != msg || out.Len() != 0 {
				t.Errorf("%q: %v", msg, err)
				continue
			}
			kind(t, err, want)
		}
	}
	_, err := download(t, &gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "NO Bill Exist")}, io.Discard)
	if !errors.Is(err, ErrNoBill) {
		t.Error(err)
	}
	_, err = download(t, &gateway{status: 200, body: unsigned("return_code", "FAIL", "return_msg", "Bill Creating")}, io.Discard)
	if !errors.Is(err, ErrBillNotReady) {
		t.Error(err)
	}
}

// many is a reader that never ends.
type many struct{ text string }

func (m *many) Read(p []byte) (int, error) { return copy(p, m.text), nil }

// lane answers with a body that is read as it comes.
type lane struct{ body io.Reader }

func (l lane) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(l.body), Request: req}, nil
}

func TestABillWithoutAnEndIsCutOff(t *testing.T) {
	bomb := packed(t, strings.Repeat("x", maxBill+2))
	for name, body := range map[string]io.Reader{"text": &many{strings.Repeat("x", 4096)}, "gzip": strings.NewReader(bomb)} {
		config := testConfig(t)
		config.RoundTripper = lane{body}
		r, err := newClient(t, config).DownloadBill(t.Context(), DownloadBillRequest{Day: testDay}, io.Discard)
		if e, ok := errors.AsType[*Error](err); !ok || e.Rule != BadStatus || r.Bytes != maxBill+1 || !strings.Contains(err.Error(), "longer than 64 MiB") {
			t.Errorf("%s: %d bytes, %v", name, r.Bytes, err)
		}
	}
	t.Logf("a bomb of %d bytes", len(bomb))
}

func TestABillThatBreaksOffIsAnError(t *testing.T) {
	whole := packed(t, testBill)
	for name, body := range map[string]io.Reader{
		"text":        io.MultiReader(strings.NewReader(testBill), broken{}),
		"gzip":        strings.NewReader(whole[:len(whole)-9]),
		"gzip's sum":  strings.NewReader(whole[:len(whole)-8] + "\x00\x00\x00\x00" + whole[len(whole)-4:]),
		"gzip's head": strings.NewReader("\x1f\x8b\x00"),
	} {
		config := testConfig(t)
		config.RoundTripper = lane{body}
		if _, err := newClient(t, config).DownloadBill(t.Context(), DownloadBillRequest{Day: testDay}, io.Discard); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAWriterThatFailsIsNoAnswerOfTheGateway(t *testing.T) {
	_, err := download(t, &gateway{status: 200, body: testBill}, full{})
	if _, ok := errors.AsType[*Error](err); ok || !errors.Is(err, errFull) {
		t.Error(err)
	}
}

// A bill may take longer than any other call.
func TestABillHasATimeOfItsOwn(t *testing.T) {
	var left time.Duration
	c := testConfig(t)
	c.RoundTripper = roundTrip(func(req *http.Request) (*http.Response, error) {
		end, _ := req.Context().Deadline()
		left = time.Until(end)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(testBill))}, nil
	})
	if _, err := newClient(t, c).DownloadBill(t.Context(), DownloadBillRequest{Day: testDay}, io.Discard); err != nil || left < 4*time.Minute || left > 5*time.Minute {
		t.Errorf("%v, %v", left, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
