// Package pos is the till: sales, what they may become, and what to do next.
// It knows no XML, no SQL and no terminal, and everything else imports it.
//
// # Words
//
// A sale is what one customer owes. It has attempts 1..n, each one Quick Pay
// submission with its own order number (OrderNo, out_trade_no) and its own auth
// code, never sent twice. A verdict is what may be concluded from evidence:
// paid, failed, revoked, or still in doubt. A watch keeps a verdict and goes on
// looking behind it. Attention is a flag for a person, never a state.
//
// # The life of an attempt
//
//	            ┌──────────────▶ paid
//	            │                 ▲
//	submitting ─┼──▶ in_doubt ────┤
//	            │       │  │      └▶ (attention paid_while_away)
//	            │       │  └─────▶ failed  (+ watch)
//	            └───────│────────▶ failed  (+ watch)
//	                    ▼                │ found paid after all
//	                 revoking ◀──────────┘
//	                  │    ▲
//	                  ▼    │ not yet
//	                confirming ──▶ revoked (+ watch)
//
// The arrow from in_doubt to revoking is a one-way door: behind it an attempt
// is never concluded paid, because a revoke that was delayed on its way could
// give the money back after the goods have left.
//
// # The machine and the shell
//
// Next(attempt, event, now) is the whole law, pure: the same arguments give the
// same answer, so a crash is survived by folding the journal (Fold) and every
// law can be tested without a network. Till is the shell around it, one
// goroutine for each open attempt. It carries out effects in order:
//
//  1. Record makes an event durable. Nothing below happens before it.
//  2. Submit, Query and Revoke call the Gateway once; the answer is an event.
//  3. After asks for a Ticked not earlier than its time.
//
// Only till.go reads the clock or starts a goroutine.
//
// # The office
//
// Office is between people and the till: each action asks for its Permission, and
// what was done and what was refused stands in the journal. Books is what a
// manager reads; a Closing is the report of a shift.
//
// # Where the rules come from
//
// Comments quote "design 3.n" for the law of the money (docs/design.md) and the
// row ids E, Q, S, V and W for what may be concluded from an answer
// (docs/wechatpay-v2.md 13). The seed is WeChat Pay's page "API Rules".
package pos
