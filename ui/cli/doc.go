// Package cli is the command line and the composition root: the only package
// that knows everybody. It reads flags, environment and configuration once, hands
// each package its own small struct, and turns what comes back into standard
// output, messages and an exit status.
//
// One command stands in one file: pay.go (pay, query, revoke, resume), void.go,
// refund.go, reading.go (show, verify, backup), journal.go (with attention.go and
// events.go), sell.go and manager.go (the screens), simulate.go, configuration.go,
// doctor.go, version.go. shop.go opens gateway, journal and till in that order, for
// all of them; shift.go and staff.go need no gateway and work in backroom.go.
// Those that ask WeChat Pay for something beside the sales need neither journal nor
// till: office.go is for them (rate.go, bill.go, merchant.go, declare.go).
//
// Standard output is data, standard error is messages: "cashier: error: …", then
// "cashier: hint: …", lower case, no full stop.
package cli
