package wechat

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"cashier/pos"
)

// This file is the table of hostile servers: one row for each way in which the
// other side, or what stands between, can mislead a client, with what must be
// concluded. It has a row for every line of the two tables of traps that were
// measured in Go's own tools: when net/http sends a request again (sendsAgain;
// with an idempotency header too, which no request of ours has) and what
// encoding/xml lets through (documents), and one for every server that the
// test plan names under HTTP. wire_run_test.go holds the client against it.

// stage is how far a call gets before the server turns on it.
type stage int

const (
	connecting stage = iota + 1 // there is no connection: nothing can have been sent
	reading                     // the request is not read, or not whole
	answering                   // the request is read whole, and seen once
)

// verdicts are what Quick Pay, Query Order and Revoke have to conclude.
type verdicts [3]pos.Finding

var (
	unsent = verdicts{pos.FoundNotSent, pos.FoundNotSent, pos.FoundNotSent}
	doubt  = verdicts{pos.FoundUnclear, pos.FoundUnclear, pos.FoundUnclear}
	refuse = verdicts{pos.FoundCommFail, pos.FoundCommFail, pos.FoundCommFail}
	fine   = verdicts{pos.FoundPaid, pos.FoundPaid, pos.FoundRevokeAccepted}
	other  = verdicts{pos.FoundMismatch, pos.FoundMismatch, pos.FoundRevokeAccepted} // Revoke's answer names no order
	alien  = verdicts{pos.FoundMismatch, pos.FoundMismatch, pos.FoundRevokeAgain}
)

// folly is what the row does to a client that is written as usual: http.Client
// and xml.Unmarshal. The test holds it too, so that no row is a blunt weapon.
type folly int

const (
	sendsAgain folly = iota + 1 // the request is seen more than once
	believes                    // it reads SUCCESS and SUCCESS with status 200, or does not look at the status
)

// trap is a row.
type trap struct {
	part  string // of the table
	name  string
	stage stage
	want  verdicts
	code  string // of doubt and of not_sent

	do     func(*caller) // what the server does then
	body   string        // or: the document it answers with
	tls    *tls.Config   // over TLS alone, with this; else both ways are tried
	early  bool          // do comes in place of the TLS handshake
	slow   bool          // our deadline ends it, and nothing else
	either bool          // not_sent is right too: it hangs on who is quicker
	usual  folly
}

// table is the whole of it.
func table(t testing.TB, ca *authority) []trap {
	var all []trap
	for _, part := range []struct {
		name  string
		traps []trap
	}{
		{"nothing is sent without TLS that holds", connections(t, ca)},
		{"hanging up before the request was read", interruptions()},
		{"asking for the request again", repeats(t, ca)},
		{"breaking the answer", breaks(t)},
		{"an answer without an end", floods()},
		{"lying about the length", lengths(t)},
		{"another status than 200", statuses(t)},
		{"an answer as it may come", answers(t, ca)},
		{"a document that reads in two ways", documents(t)},
		{"a document that is forged", forgeries(t)},
	} {
		for _, trap := range part.traps {
			trap.part = part.name
			all = append(all, trap)
		}
	}
	return all
}

// certain is the document of a payment, or of an accepted revoke.
func certain(t testing.TB) string { return said(t, paidPairs("recall", "N")...) }

// connections: TLS 1.2 or newer, a certificate of an authority that we trust,
// for this host, valid now (E2).
func connections(t testing.TB, ca *authority) []trap {
	self := (&authority{}).issue
	with := func(change ...func(*x509.Certificate)) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{ca.issue(t, change...)}}
	}
	needy := func(version uint16) *tls.Config {
		return ca.server(t, func(c *tls.Config) {
			c.ClientAuth, c.MinVersion, c.MaxVersion = tls.RequireAnyClientCert, version, version
		})
	}
	rows := []trap{
		{name: "self-signed certificate", tls: &tls.Config{Certificates: []tls.Certificate{self(t)}}},
		{name: "certificate of another host", tls: with(func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"elsewhere.example"} })},
		{name: "certificate without a host", tls: with(func(c *x509.Certificate) { c.IPAddresses = nil; c.Subject.CommonName = "127.0.0.1" })},
		{name: "expired certificate", tls: with(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })},
		{name: "certificate of tomorrow", tls: with(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })},
		{name: "certificate of a client", tls: with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })},
		{name: "TLS 1.1", tls: ca.server(t, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })},
		{name: "no HTTP/1 on offer", tls: ca.server(t, func(c *tls.Config) { c.NextProtos = []string{"h3"} })},
		{name: "wants a certificate that we have not, TLS 1.2", tls: needy(tls.VersionTLS12)},
		{name: "HTTP in place of TLS", early: true, do: func(c *caller) { c.take(1); c.say(answerOf(200, "OK")); c.Close() }},
		{name: "alert in place of TLS", early: true, do: func(c *caller) { c.take(1); c.say("\x15\x03\x03\x00\x02\x02\x28"); c.Close() }},
		{name: "FIN in place of TLS", early: true, do: (*caller).hangUp},
		{name: "RST in place of TLS", early: true, do: (*caller).reset},
		{name: "silence in place of TLS", early: true, slow: true, do: (*caller).linger},
	}
	for i := range rows {
		rows[i].stage, rows[i].want, rows[i].code = connecting, unsent, "not_sent"
	}
	// With TLS 1.3 the client is done before the server looks: the request may have been read.
	return append(rows, trap{name: "wants a certificate that we have not, TLS 1.3", tls: needy(tls.VersionTLS13),
		stage: connecting, want: doubt, code: "no_answer", either: true})
}

// interruptions: a server that did not read the request to its end may have
// understood it all the same (E3).
func interruptions() []trap {
	rows := []trap{
		{name: "FIN, unread", either: true, do: (*caller).hangUp},
		{name: "RST, unread", either: true, do: (*caller).reset},
		{name: "408 unasked", either: true, do: func(c *caller) { c.say(answerOf(408, "")); c.hangUp() }},
		{name: "FIN after one byte", do: func(c *caller) { c.take(1); c.hangUp() }},
		{name: "RST after one byte", do: func(c *caller) { c.take(1); c.reset() }},
		{name: "FIN after half of the request", do: func(c *caller) { c.take(300); c.hangUp() }},
		{name: "RST after half of the request", do: func(c *caller) { c.take(300); c.reset() }},
		{name: "silence after half of the request", slow: true, do: func(c *caller) { c.take(300); c.linger() }},
	}
	for i := range rows {
		rows[i].stage, rows[i].want, rows[i].code = reading, doubt, "no_answer"
	}
	rows[2].code = "" // an answer that comes before the question may be read or not
	return rows
}

// repeats: what makes net/http, or a client that is polite, send a request
// again, although the server has read it (reliability 3.1, E3, E4).
func repeats(t testing.TB, ca *authority) []trap {
	both := ca.server(t, func(c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} })
	alone := ca.server(t, func(c *tls.Config) { c.NextProtos = []string{"h2"} })
	stop := func(code uint32) func(*caller) {
		return func(c *caller) {
			c.say(frame(frameReset, c.stream, code))
			if !c.speaksHTTP2() { // there it would mean nothing, and the client would wait for its end
				c.hangUp()
			}
		}
	}
	away := func(last uint32) func(*caller) {
		return func(c *caller) { c.say(frame(frameGoAway, 0, last, noError)); c.hangUp() }
	}
	rows := []trap{
		{name: "FIN before the first byte of the answer", do: (*caller).hangUp, usual: sendsAgain},
		{name: "RST before the first byte of the answer", do: (*caller).reset, usual: sendsAgain},
		{name: "FIN after the first byte of the answer", do: func(c *caller) { c.say("H"); c.hangUp() }},
		{name: "RST after the first byte of the answer", do: func(c *caller) { c.say("H"); c.reset() }},
		{name: "HTTP/2, RST_STREAM PROTOCOL_ERROR", tls: both, do: stop(protocolError), usual: sendsAgain},
		{name: "HTTP/2, RST_STREAM REFUSED_STREAM", tls: both, do: stop(refusedStream), usual: sendsAgain},
		{name: "HTTP/2, RST_STREAM INTERNAL_ERROR", tls: both, do: stop(internalError)},
		{name: "HTTP/2, RST_STREAM CANCEL", tls: both, do: stop(cancelStream)},
		{name: "HTTP/2, GOAWAY with last stream 0", tls: both, do: away(0), usual: sendsAgain},
		{name: "HTTP/2, GOAWAY covering the stream", tls: both, do: away(1)},
		{name: "HTTP/2, plain close", tls: both, do: (*caller).hangUp},
		{name: "HTTP/2 and nothing else", tls: alone, do: func(c *caller) { c.say(frame(frameSettings, 0)); away(0)(c) }},
	}
	for i := range rows {
		rows[i].stage, rows[i].want, rows[i].code = answering, doubt, "no_answer"
	}
	paid := certain(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		row := trap{name: fmt.Sprintf("%d to itself", status), stage: answering, want: doubt, code: "bad_status", usual: believes,
			do: func(c *caller) {
				if c.method == "GET" {
					c.say(answerOf(200, paid))
					return
				}
				c.say(answerOf(status, paid, "Location: /pay/micropay"))
			}}
		if status >= 307 {
			row.usual = sendsAgain
		}
		rows = append(rows, row)
	}
	for _, invitation := range []string{"401 WWW-Authenticate: Basic realm=x", "407 Proxy-Authenticate: Basic realm=x", "408 Connection: close",
		"417 X: no expectation was said", "421 X: misdirected", "425 X: too early", "426 Upgrade: h2c", "429 Retry-After: 0", "503 Retry-After: 0"} {
		status, header := 0, invitation[4:]
		fmt.Sscan(invitation, &status)
		rows = append(rows, trap{name: invitation, stage: answering, want: doubt, code: "bad_status", usual: believes,
			do: func(c *caller) { c.say(answerOf(status, paid, header)) }})
	}
	return rows
}

// breaks: the answer comes in part (E3, E5).
func breaks(t testing.TB) []trap {
	paid := certain(t)
	whole := answerOf(200, paid)
	head := whole[:len(whole)-len(paid)]
	rows := []trap{
		{name: "half a status line", do: func(c *caller) { c.say("HTTP/1.1 2"); c.hangUp() }},
		{name: "half the head", do: func(c *caller) { c.say(head[:len(head)/2]); c.hangUp() }},
		{name: "the head without its end", do: func(c *caller) { c.say(head[:len(head)-2]); c.hangUp() }},
		{name: "half the body", do: func(c *caller) { c.say(whole[:len(whole)-30]); c.hangUp() }},
		{name: "half the body, RST", do: func(c *caller) { c.say(whole[:len(whole)-30]); c.reset() }},
		{name: "half the body, no length", code: "malformed", do: func(c *caller) { c.say("HTTP/1.1 200 OK\r\n\r\n" + paid[:99]); c.hangUp() }},
		{name: "not HTTP", do: func(c *caller) { c.say("SSH-2.0-x\r\n"); c.hangUp() }},
		{name: "HTTP/0.9", do: func(c *caller) { c.say(paid); c.hangUp() }},
		{name: "HTTP/2 without asking", do: func(c *caller) { c.say(strings.Replace(whole, "HTTP/1.1", "HTTP/2", 1)); c.hangUp() }},
		{name: "a header without a colon", do: func(c *caller) { c.say(strings.Replace(whole, "Date: ", "Date ", 1)); c.hangUp() }},
		{name: "NUL in a header", do: func(c *caller) { c.say(strings.Replace(whole, "Sat,", "Sat\x00", 1)); c.hangUp() }},
		{name: "silence", slow: true, do: (*caller).linger},
		{name: "silence in the head", slow: true, do: func(c *caller) { c.say(head[:len(head)-2]); c.linger() }},
		{name: "silence in the body", slow: true, do: func(c *caller) { c.say(whole[:len(whole)-1]); c.linger() }},
		{name: "drops of the head", slow: true, do: func(c *caller) { c.drip(strings.Repeat(whole, 9)) }},
		{name: "drops of the body", slow: true, do: func(c *caller) { c.say(head); c.drip(paid) }},
	}
	for i := range rows {
		rows[i].stage, rows[i].want = answering, doubt
		if rows[i].code == "" {
			rows[i].code = "no_answer"
		}
	}
	return rows
}

// floods: reading stops by itself, long before the deadline (E3, E4).
func floods() []trap {
	junk, bomb := strings.Repeat("x", 8192), zipped(strings.Repeat("\x00", 8<<20))
	rows := []trap{
		{name: "100 six times", do: func(c *caller) { c.say(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 6)); c.hangUp() }},
		{name: "100 for ever", do: func(c *caller) { c.endless(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 99)) }},
		{name: "103 for ever", do: func(c *caller) { c.endless(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 99)) }},
		{name: "a status line for ever", code: "no_answer", do: func(c *caller) { c.say("HTTP/1.1 200 "); c.endless(junk) }},
		{name: "headers for ever", code: "no_answer", do: func(c *caller) { c.say("HTTP/1.1 200 OK\r\n"); c.endless("X-More: " + junk + "\r\n") }},
		{name: "one header for ever", code: "no_answer", do: func(c *caller) { c.say("HTTP/1.1 200 OK\r\nX-More: "); c.endless(junk) }},
		{name: "a body for ever", code: "bad_status", do: func(c *caller) { c.say("HTTP/1.1 200 OK\r\n\r\n"); c.endless(junk) }},
		{name: "chunks for ever", code: "bad_status", do: func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			c.endless("2000\r\n" + junk + "\r\n")
		}},
		{name: "the head of a chunk for ever", code: "no_answer", do: func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
			c.endless(junk)
		}},
		{name: "gzip of 8 MiB in 8 KiB, for ever", code: "bad_status", do: func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
			c.endless(bomb)
		}},
		{name: "gzip of 8 MiB in 8 KiB", code: "malformed", do: func(c *caller) { c.say(answerOf(200, bomb, "Content-Encoding: gzip")) }},
		{name: "one byte more than 64 KiB", code: "bad_status", do: func(c *caller) { c.say(answerOf(200, strings.Repeat(" ", maxBody+1))) }},
		{name: "a million elements deep", code: "bad_status", do: func(c *caller) { c.say(answerOf(200, strings.Repeat("<xml>", 1_000_000))) }},
	}
	for i := range rows {
		rows[i].stage, rows[i].want = answering, doubt
	}
	return rows
}

// lengths: what the head says of the body is not so.
func lengths(t testing.TB) []trap {
	paid := certain(t)
	with := func(head string, body string) func(*caller) {
		return func(c *caller) { c.say("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n" + body); c.hangUp() }
	}
	length := fmt.Sprintf("Content-Length: %d", len(paid))
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(paid), paid)
	rows := []trap{
		{name: "a byte too many is promised", code: "no_answer", do: with(fmt.Sprintf("Content-Length: %d", len(paid)+1), paid)},
		{name: "less is promised than comes", code: "malformed", do: with(fmt.Sprintf("Content-Length: %d", len(paid)-1), paid)},
		{name: "nothing is promised and all comes", code: "bad_status", do: with("Content-Length: 0", paid)},
		{name: "a length below zero", code: "no_answer", do: with("Content-Length: -1", paid)},
		{name: "a length with a sign", code: "no_answer", do: with(fmt.Sprintf("Content-Length: +%d", len(paid)), paid)},
		{name: "a length that is no number", code: "no_answer", do: with("Content-Length: all", paid)},
		{name: "a length of 2^63", code: "no_answer", do: with("Content-Length: 9223372036854775808", paid)},
		{name: "two lengths", code: "no_answer", do: with(length+"\r\nContent-Length: 7", paid)},
		{name: "a chunk of no size", code: "no_answer", do: with("Transfer-Encoding: chunked", "zz\r\n"+paid)},
		{name: "a chunk below zero", code: "no_answer", do: with("Transfer-Encoding: chunked", "-1\r\n"+paid)},
		{name: "a chunk of 2^64", code: "no_answer", do: with("Transfer-Encoding: chunked", "10000000000000000\r\n"+paid)},
		{name: "a chunk that is longer than it says", code: "no_answer", do: with("Transfer-Encoding: chunked", "5\r\n"+paid+"\r\n0\r\n\r\n")},
		{name: "chunks without a last one", code: "no_answer", do: with("Transfer-Encoding: chunked", chunk)},
		{name: "chunks of an unknown coding", code: "no_answer", do: with("Transfer-Encoding: gzip, chunked", chunk+"0\r\n\r\n")},
		{name: "length and chunks, no chunks come", code: "no_answer", do: with(length+"\r\nTransfer-Encoding: chunked", paid)},
	}
	for i := range rows {
		rows[i].stage, rows[i].want = answering, doubt
	}
	return rows
}

// statuses: an answer counts with status 200 alone, whatever stands in it (E4).
func statuses(t testing.TB) []trap {
	paid := certain(t)
	var rows []trap
	for _, status := range []int{101, 201, 202, 203, 204, 206, 300, 304, 305, 400, 403, 404, 500, 502, 504, 599, 999} {
		row := trap{name: fmt.Sprintf("%d and a payment", status), stage: answering, want: doubt, code: "bad_status", usual: believes,
			do: func(c *caller) { c.say(answerOf(status, paid)) }}
		if status == 101 || status == 204 || status == 304 { // without a body
			row.usual = 0
		}
		rows = append(rows, row)
	}
	return append(rows,
		trap{name: "200 and nothing", stage: answering, want: doubt, code: "bad_status", do: func(c *caller) { c.say(answerOf(200, "")) }},
		trap{name: "status 000", stage: answering, want: doubt, do: func(c *caller) { c.say("HTTP/1.1 000 X\r\n\r\n" + paid); c.hangUp() }},
		trap{name: "status of four digits", stage: answering, want: doubt, code: "no_answer", do: func(c *caller) { c.say(answerOf(2000, paid)) }},
	)
}

// answers are odd and right: they show that the others fail for what they do.
func answers(t testing.TB, ca *authority) []trap {
	paid := certain(t)
	whole := answerOf(200, paid)
	rows := []trap{
		{name: "as usual", do: func(c *caller) { c.say(whole) }},
		{name: "in two pieces", do: func(c *caller) { c.say(whole[:200]); c.say(whole[200:]) }},
		{name: "HTTP/1.0", do: func(c *caller) { c.say("HTTP/1.0 200 OK\r\n\r\n" + paid); c.hangUp() }},
		{name: "to the end of the connection", do: func(c *caller) { c.say("HTTP/1.1 200 OK\r\n\r\n" + paid); c.hangUp() }},
		{name: "to the end of the connection, without a farewell", tls: ca.server(t), do: func(c *caller) {
			c.say("HTTP/1.1 200 OK\r\n\r\n" + paid)
			c.Conn.(*tls.Conn).NetConn().Close()
		}},
		{name: "chunked, with extensions and a trailer", do: func(c *caller) {
			c.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n64;a=b\r\n%s\r\n%x\r\n%s\r\n0\r\nX: y\r\n\r\n",
				paid[:100], len(paid)-100, paid[100:]))
		}},
		{name: "the same length twice", do: func(c *caller) { c.say(answerOf(200, paid, fmt.Sprintf("Content-Length: %d", len(paid)))) }},
		{name: "after 100 Continue", do: func(c *caller) { c.say("HTTP/1.1 100 Continue\r\n\r\n" + whole) }},
		{name: "after 103 Early Hints", do: func(c *caller) { c.say("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + whole) }},
		{name: "another content type", do: func(c *caller) { c.say(answerOf(200, paid, "Content-Type: text/html; charset=gbk")) }},
		{name: "says gzip and is not", do: func(c *caller) { c.say(answerOf(200, paid, "Content-Encoding: gzip")) }},
		{name: "another service on offer", do: func(c *caller) { c.say(answerOf(200, paid, `Alt-Svc: h2="evil.example:443"`, "Refresh: 0; url=/")) }},
		{name: "two answers", do: func(c *caller) { c.say(whole + answerOf(200, paid)) }},
	}
	for i := range rows {
		rows[i].stage, rows[i].want = answering, fine
	}
	return append(rows, trap{name: "gzip that nobody asked for", stage: answering, want: doubt, code: "malformed", usual: believes,
		do: func(c *caller) { c.say(answerOf(200, zipped(paid), "Content-Encoding: gzip")) }})
}

// zipped is text in gzip.
func zipped(text string) string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write([]byte(text))
	z.Close()
	return out.String()
}

// inUTF16 is text in UTF-16 with its mark.
func inUTF16(text string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// misleading are documents that we do not take, each by its name. All that could
// be are signed over what a more lenient reader would read (reliability 3.2, E5).
// Those that xml.Unmarshal takes for a payment are in the first map.
func misleading(t testing.TB) (believed, others map[string]string) {
	paid := certain(t)
	swap := func(old, by string) string {
		if strings.Count(paid, old) != 1 {
			t.Fatalf("%q is not in the document once", old)
		}
		return strings.Replace(paid, old, by, 1)
	}
	value := func(by string) string {
		return swap("<result_code>SUCCESS</result_code>", "<result_code>"+by+"</result_code>")
	}
	first := func(text string) string { return swap("<xml>", "<xml>"+text) }
	return map[string]string{
			"DTD":                       "<!DOCTYPE xml>" + paid,
			"DTD with entities, unused": `<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + paid,
			"external DTD":              `<!DOCTYPE xml SYSTEM "http://evil.example/x.dtd">` + paid,
			"duplicate, the last right": first("<result_code>FAIL</result_code>"),
			"duplicate, both the same":  first("<result_code>SUCCESS</result_code>"),
			"duplicate of another":      first("<total_fee>1</total_fee>"),
			"duplicate signature":       first("<sign>00</sign>"),
			"comment in a value":        value("SUC<!-- -->CESS"),
			"empty comment in a value":  value("SUC<!---->CESS"),
			"comment between elements":  first("<!-- -->"),
			"comment before":            "<!-- -->" + paid,
			"comment after":             paid + "<!-- 12 ms -->",
			"element in a value":        value("SUC<b/>CESS"),
			"instruction in a value":    value("SUC<?x y?>CESS"),
			"instruction":               first("<?x y?>"),
			"style sheet":               `<?xml-stylesheet href="x"?>` + paid,
			"declaration in the middle": first(`<?xml version="1.0"?>`),
			"declaration after a space": ` <?xml version="1.0"?>` + paid,
			"two declarations":          `<?xml version="1.0"?><?xml version="1.0"?>` + paid,
			"two roots":                 paid + paid,
			"another root after":        paid + "<html></html>",
			"text after":                paid + "x",
			"text before":               "x" + paid,
			"text between":              first("x"),
			"CDATA between":             first("<![CDATA[ ]]>"),
			"another root":              strings.ReplaceAll(paid, "xml>", "root>"),
			"root in capitals":          strings.ReplaceAll(paid, "xml>", "XML>"),
			"root with an attribute":    swap("<xml>", `<xml a="1">`),
			"namespace":                 swap("<xml>", `<xml xmlns="urn:x">`),
			"attribute":                 swap("<result_code>", `<result_code a="1">`),
			"prefix":                    strings.ReplaceAll(paid, "result_code>", "p:result_code>"),
			"prefixed root":             strings.ReplaceAll(paid, "xml>", "p:xml>"),
			"byte order mark":           "\uFEFF" + paid,
		}, map[string]string{
			"white space":               " \n",
			"plain text":                "Bad Gateway",
			"a page":                    "<html><body>Welcome to our Wi-Fi</body></html>",
			"JSON":                      `{"return_code":"SUCCESS","result_code":"SUCCESS"}`,
			"no element":                "<xml></xml>",
			"self-closed root":          "<xml/>",
			"entity bomb":               `<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + swap("<return_msg>OK", "<return_msg>&b;"),
			"external entity":           `<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + swap("<return_msg>OK", "<return_msg>&x;"),
			"parameter entity":          `<!DOCTYPE xml [<!ENTITY % x SYSTEM "http://evil.example/"> %x;]>` + swap("<return_msg>OK", "<return_msg>&y;"),
			"unknown entity":            value("SUCCESS&nbsp;"),
			"bare ampersand":            value("SUCCESS & more"),
			"nested element":            value("<v>SUCCESS</v>"),
			"all one level deeper":      "<xml>" + paid + "</xml>",
			"deep":                      strings.Repeat("<xml>", maxBody/len("<xml>")),
			"a longer root":             strings.ReplaceAll(paid, "xml>", "xmlx>x"),
			"wrong end tag":             swap("</result_code>", "</return_code>"),
			"longer end tag":            swap("</result_code>", "</result_codes>"),
			"cut in a value":            paid[:strings.Index(paid, "SUCCESS")+3],
			"cut in a tag":              paid[:strings.Index(paid, "<result_code")+4],
			"cut in CDATA":              paid[:strings.Index(paid, "SUCCESS")] + "<![CDATA[SUCCESS]]</result_code></xml>",
			"cut before the root's end": strings.TrimSuffix(paid, "</xml>"),
			"cut in the root's end":     strings.TrimSuffix(paid, "l>"),
			"]]> in text":               value("SUCCESS]]>"),
			"not UTF-8":                 swap("<return_msg>OK", "<return_msg>\xff"),
			"overlong UTF-8":            swap("<return_msg>OK", "<return_msg>\xc0\xbc"),
			"GBK, not said":             swap("<return_msg>OK", "<return_msg>\xd6\xa7\xb8\xb6"),
			"GBK, said":                 `<?xml version="1.0" encoding="GBK"?>` + paid,
			"UTF-16":                    inUTF16(paid),
			"UTF-16, said":              `<?xml version="1.0" encoding="UTF-16"?>` + paid,
			"XML 1.1":                   `<?xml version="1.1"?>` + paid,
			"NUL after":                 paid + "\x00",
			"NUL in a value":            value("SUCCESS\x00"),
			"NUL in a name":             strings.ReplaceAll(paid, "result_code>", "result\x00_code>"),
			"NUL by number":             value("SUCCESS&#0;"),
			"escape character":          swap("<return_msg>OK", "<return_msg>\x1b[2J"),
			"escape by number":          swap("<return_msg>OK", "<return_msg>&#27;[2J"),
			"surrogate by number":       value("SUCCESS&#xD800;"),
			"beyond Unicode":            value("SUCCESS&#x110000;"),
			"U+FFFE":                    swap("<return_msg>OK", "<return_msg>\uFFFE"),
			"number without digits":     value("SUCCESS&#;"),
			"signed number":             value("SUCCESS&#+65;"),
		}
}

// documents: what encoding/xml lets through, and what we have to take.
func documents(t testing.TB) []trap {
	var rows []trap
	believed, others := misleading(t)
	for _, bodies := range []map[string]string{believed, others} {
		for name, body := range bodies {
			rows = append(rows, trap{name: name, body: body, want: doubt, code: "malformed"})
		}
	}
	for i := range rows {
		if _, fooled := believed[rows[i].name]; fooled {
			rows[i].usual = believes
		}
	}
	paid := certain(t)
	value := func(by string) string { return strings.Replace(paid, "<result_code>SUCCESS", "<result_code>"+by, 1) }
	for name, body := range map[string]string{
		"a declaration":              `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + "\r\n" + paid,
		"white space around":         strings.ReplaceAll(" \r\n"+paid+"\t\n", "><", ">\r\n <"),
		"CDATA":                      value("<![CDATA[SUCCESS]]>"),
		"CDATA in two":               value("<![CDATA[SUC]]><![CDATA[CESS]]>"),
		"references":                 value("&#83;&#x55;CCESS"),
		"64 KiB to the byte":         paid + strings.Repeat(" ", maxBody-len(paid)),
		"markup in CDATA":            said(t, paidPairs("recall", "N", "attach", "</attach><result_code>FAIL</result_code>")...),
		"a field of tomorrow":        said(t, paidPairs("recall", "N", "a_field_of_tomorrow", "茶 & <1>")...),
		"C1 and bidi, for ui.clean":  said(t, paidPairs("recall", "N", "return_msg", "OK\u009b2J\u202e")...),
		"an empty field, not signed": strings.Replace(paid, "<xml>", "<xml><attach></attach><device_info/>", 1),
	} {
		rows = append(rows, trap{name: name, body: body, want: fine})
	}
	for i := range rows {
		rows[i].stage = answering
	}
	slices.SortFunc(rows, func(a, b trap) int { return strings.Compare(a.name, b.name) })
	return rows
}

// forgeries: what is not signed by WeChat Pay, or not about this order (E6 to E9, Q2, S2).
func forgeries(t testing.TB) []trap {
	paid := certain(t)
	tampered := func(old, by string) string { return strings.Replace(paid, old, by, 1) }
	about := func(pair ...string) string { return said(t, paidPairs(append(pair, "recall", "N")...)...) }
	stranger := newSigner(mustKeyOf("00000000000000000000000000000000"), HMACSHA256)
	fields := testFields(paidPairs("recall", "N")...)
	rows := []trap{
		{name: "FAIL that anybody may have written", body: unsigned("return_code", "FAIL", "return_msg", "no"), want: refuse, code: "return_fail"},
		{name: "no return_code", body: about("return_code", "-"), want: doubt, code: "return_code"},
		{name: "SUCCESS in small letters", body: about("return_code", "success"), want: doubt, code: "return_code"},
		{name: "not signed", body: unsigned(append(paidPairs("recall", "N", "return_code", "SUCCESS"), "appid", "x")...), want: doubt, code: "bad_signature", usual: believes},
		{name: "signed with nothing", body: string(encode(fields, "")), want: doubt, code: "bad_signature", usual: believes},
		{name: "signed with another key", body: string(encode(fields, stranger.sign(fields))), want: doubt, code: "bad_signature", usual: believes},
		{name: "signed with MD5", body: saidBy(t, MD5, paidPairs("recall", "N")...), want: doubt, code: "bad_signature", usual: believes},
		{name: "signature in small letters", body: lowerSign(paid), want: doubt, code: "bad_signature", usual: believes},
		{name: "a field changed", body: tampered("1750", "1751"), want: doubt, code: "bad_signature", usual: believes},
		{name: "a field added", body: tampered("<xml>", "<xml><new_field>x</new_field>"), want: doubt, code: "bad_signature", usual: believes},
		{name: "a field taken out", body: tampered("<fee_type>USD</fee_type>", ""), want: doubt, code: "bad_signature", usual: believes},
		{name: "two values swapped", body: strings.NewReplacer("1750", "USD", "USD", "1750").Replace(paid), want: doubt, code: "bad_signature", usual: believes},
		{name: "another number", body: about("out_trade_no", "C120250218093000002"), want: other, usual: believes},
		{name: "another amount", body: about("total_fee", "1"), want: other, usual: believes},
		{name: "another currency", body: about("fee_type", "JPY"), want: other, usual: believes},
		{name: "another merchant", body: about("mch_id", "10000999"), want: alien, usual: believes},
	}
	for i := range rows {
		rows[i].stage = answering
	}
	return rows
}
