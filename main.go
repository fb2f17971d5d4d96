// Cashier is a till for WeChat Pay Quick Pay in a terminal.
package main

import (
	"os"

	"cashier/ui/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
