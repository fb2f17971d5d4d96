package pos

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everyEvent is one of each event of an order that is journaled, with a value in every field.
func everyEvent() []Event {
	events := []Event{&Intended{}, &SubmitAnswered{}, &QuerySent{}, &QueryAnswered{}, &RevokePressed{}, &RevokeSent{}, &RevokeAnswered{},
		&AskPressed{}, &Left{}, &Returned{}, &Unseen{}, &Acknowledged{}, &BillDiffers{}, &Resumed{}, &ClockStepped{}, &Annotated{}, &VoidPressed{},
		&RefundPressed{}, &RefundSent{}, &RefundAnswered{}, &RefundQuerySent{}, &RefundQueryAnswered{}}
	for i, e := range events {
		events[i] = filled(e)
	}
	return events
}

// filled is an event with a value in every field.
func filled(e Event) Event {
	v := reflect.ValueOf(e).Elem()
	fill(v)
	return v.Interface().(Event)
}

// fill puts something into every field.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(t0))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x\u2028<&>茶")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a": "1", "": "b"}))
	default:
		panic(v.Type().String())
	}
}

// journaled is an event as the journal holds it.
func journaled(t testing.TB, e Event) []byte {
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecodeEvent_GivesBackEveryField(t *testing.T) {
	for _, e := range everyEvent() {
		back, err := DecodeEvent(someNo, EventName(e), journaled(t, e))
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%s: %+v, %v", EventName(e), back, err)
		}
	}
	z := filled(&ShiftClosed{})
	if back, err := DecodeEvent("", EventName(z), journaled(t, z)); err != nil || !reflect.DeepEqual(back, z) {
		t.Errorf("a closing: %+v, %v", back, err)
	}
}

// someNo is an order number.
const someNo OrderNo = "K1261121Q7RX000001"

// An entry of a newer version, or one that somebody wrote by hand, is refused
// and not half understood.
func TestDecodeEvent_RefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		no         OrderNo
		name, data string
	}{
		{someNo, "tomorrow", `{}`},
		{someNo, "query", `{"last":true,"tomorrow":1}`},
		{someNo, "query_answer", `{"answer":{"finding":"paid","tomorrow":1}}`},
		{someNo, "query_answer", `{"answer":{"finding":"paid","heard":{"took_ms":1,"tomorrow":1}}}`},
		{someNo, "query", `{"last":true}{}`},
		{someNo, "query", `{"last":true} x`},
		{someNo, "query", `[]`},
		{someNo, "query", ``},
		{someNo, "query_answer", `{"answer":{"finding":7}}`},
		{someNo, "clock_stepped", `{"by_ms":1e99}`},
		{someNo, "shift_z", `{}`},
		{"", "started", `{"name":"stopped"}`},
		{"", "started", `{"name":"started","tomorrow":1}`},
	} {
		if e, err := DecodeEvent(c.no, c.name, []byte(c.data)); err == nil {
			t.Errorf("%s %s: taken as %+v", c.name, c.data, e)
		}
	}
	if e, err := DecodeEvent("", "started", []byte(`{"name":"started","detail":{"version":"1"}}`)); err != nil || EventName(e) != "started" {
		t.Errorf("%+v, %v", e, err)
	}
}

// FuzzDecodeEvent: what is taken is written again as an event that is the same
// in every field, and nothing that was said is left out.
func FuzzDecodeEvent(f *testing.F) {
	noted, known := generic([]byte(`{"name":"x","detail":{}}`)), map[string]any{}
	for _, e := range everyEvent() {
		f.Add(EventName(e), journaled(f, e), false)
		known[EventName(e)] = generic(journaled(f, e))
	}
	z := filled(&ShiftClosed{})
	f.Add(EventName(z), journaled(f, z), true)
	f.Add("started", []byte(`{"name":"started","detail":{"version":"1"}}`), true)
	f.Add("query", []byte(`{"LAST":true,"last":null,"last":false}`), false)
	f.Add("query_answer", []byte(`{"answer":{"finding":"paid","date":"2026-11-21T12:30:00+00:00","heard":{"fields":{"a":"\ud800"},"took_ms":-1}}}`), false)
	f.Fuzz(func(t *testing.T, name string, data []byte, ofTill bool) {
		no, kind := someNo, known[name]
		if ofTill {
			no, kind = "", noted
			if name == EventName(z) {
				kind = generic(journaled(t, z))
			}
		}
		e, err := DecodeEvent(no, name, data)
		if err != nil {
			return
		}
		if EventName(e) != name {
			t.Fatalf("%s is read as %s", name, EventName(e))
		}
		again, err := DecodeEvent(no, name, journaled(t, e))
		if err != nil {
			t.Fatalf("%s is taken, and what is written of it, %s, is not: %v", data, journaled(t, e), err)
		}
		if one, two := journaled(t, e), journaled(t, again); string(one) != string(two) {
			t.Fatalf("%s, then %s", one, two)
		}
		if lost := unknown(generic(data), kind); lost != "" {
			t.Fatalf("%s of %s is left out", lost, data)
		}
	})
}

// generic is JSON without our types.
func generic(data []byte) (v any) {
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Sprint(err)
	}
	return v
}

// unknown finds a key that an event of the kind does not have. What the gateway
// said, and a note's details, may have any.
func unknown(said, known any) string {
	fields, _ := said.(map[string]any)
	kinds, _ := known.(map[string]any)
	for key, value := range fields {
		found := false
		for name, kind := range kinds {
			if strings.EqualFold(name, key) {
				found = true
				if name == "fields" || name == "detail" {
					continue
				}
				if lost := unknown(value, kind); lost != "" {
					return key + "." + lost
				}
			}
		}
		if !found {
			return key
		}
	}
	return ""
}
