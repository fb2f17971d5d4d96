package wechat_test

import (
	"context"
	"fmt"
	"log"

	"cashier/pos"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// A sale on the built-in gateway whose answer is lost on the way back (the
// amount 31 asks for that): the charge is never sent again, Query Order tells.
func ExampleClient() {
	const key = "192006250b4c09247ec02edce69f6a2d"
	practice := sim.New(sim.Config{Merchants: []sim.Merchant{{AppID: "wx1", MchID: "100", Key: key}}})

	apiKey, err := wechat.ParseKey(key)
	if err != nil {
		log.Fatal(err)
	}
	client, err := wechat.New(wechat.Config{
		URL:          "http://127.0.0.1",
		AppID:        "wx1",
		MchID:        "100",
		Key:          apiKey,
		Store:        "Kowloon 1",
		RoundTripper: sim.Transport(practice),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	code, err := pos.ParseAuthCode(practice.AuthCode(), pos.DefaultPrefixes)
	if err != nil {
		log.Fatal(err)
	}
	sale := pos.Charge{
		Order: pos.Order{No: "K1261121Q7RX000001", Amount: pos.Money{Minor: 31, Currency: "HKD"}},
		Code:  code,
	}
	ctx := context.Background()
	client.Warm() // while the amount is keyed
	if err := client.Admit(ctx, pos.QuickPay); err != nil {
		log.Fatal(err)
	}
	answer := client.Submit(ctx, sale)
	fmt.Println(answer.Finding, "because", answer.Heard.Error)

	answer = client.Query(ctx, sale.Order)
	fmt.Println(answer.Finding)
	// Output:
	// unclear because Quick Pay: the connection ended before the answer did
	// paid
}
