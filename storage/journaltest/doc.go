// Package journaltest is the suite that any pos.Journal must pass. Whoever
// writes another store writes no tests of the port, only a constructor:
//
//	func TestSQLite(t *testing.T) {
//		journaltest.Run(t, func(t testing.TB) pos.Journal { return openTemp(t) })
//	}
package journaltest
