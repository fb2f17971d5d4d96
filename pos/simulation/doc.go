// Package simulation plays days at the counter that nobody has: the product's
// own machine (pos.Next), client (wechat: signer, codec, judge) and journal
// against a WeChat Pay (wechat/sim) whose network loses, delays, doubles, cuts
// and forges, on a disk that fails, in a process that dies, by a clock that
// jumps. It has tests and nothing else.
//
// A world is one till's day: some hundred sales, drawn from one seed; of a fifth
// of them the customer scans the till, and pays what it has shown. It runs
// in one goroutine on an agenda of what happens when, so that the same seed is
// the same day, to the last entry of its journal. Time is a testing/synctest
// bubble's. What pos.Till does with goroutines is done here by hand (till_test.go);
// the goroutines themselves are proved in pos and ui/cli.
//
// When the day is over the weather clears, everything open is worked on until
// nothing is, and the law of the money is held against what the gateway knows
// (law_test.go). A run in which some state or some fault came too rarely fails
// as empty: it has proved nothing about that one.
//
//	go test ./pos/simulation # some thousand sales
//	go test ./pos/simulation -v -simulation.sales=100000 -simulation.sqlite=20000 -simulation.fresh=50
//	go test ./pos/simulation -run Replay -v -simulation.seed=4711 # one day again, with its story
package simulation
