package sim

import (
	"maps"
	"testing"
	"unicode/utf8"
)

// TestMalformed: everything but one flat <xml> is refused (wechatpay-v2.md 3, 3.1).
func TestMalformed(t *testing.T) {
	for name, doc := range map[string]string{
		"empty":             ``,
		"text":              `Bad Gateway`,
		"half":              `<xml><a>1</a>`,
		"repeated":          `<xml><a>1</a><a>1</a></xml>`,
		"nested":            `<xml><a><b>1</b></a></xml>`,
		"attribute":         `<xml><a x="1">1</a></xml>`,
		"root attribute":    `<xml xmlns="u"><a>1</a></xml>`,
		"prefix":            `<xml><n:a>1</n:a></xml>`,
		"comment":           `<xml><a>1<!-- --></a></xml>`,
		"doctype":           `<!DOCTYPE xml><xml><a>1</a></xml>`,
		"entity":            `<xml><a>&x;</a></xml>`,
		"instruction":       `<xml><a>1<?x y?></a></xml>`,
		"late declaration":  ` <?xml version="1.0"?><xml><a>1</a></xml>`,
		"other encoding":    `<?xml version="1.0" encoding="GBK"?><xml><a>1</a></xml>`,
		"two roots":         `<xml><a>1</a></xml><xml><b>1</b></xml>`,
		"text after":        `<xml><a>1</a></xml>x`,
		"text between":      `<xml>x<a>1</a></xml>`,
		"wrong end":         `<xml><a>1</b></xml>`,
		"control character": "<xml><a>\x01</a></xml>",
	} {
		if m, err := parse([]byte(doc)); err == nil {
			t.Errorf("%s: taken as %v", name, m)
		}
	}
}

// TestWellFormed: the forms that mean the same value.
func TestWellFormed(t *testing.T) {
	want := message{"a": "<Tea> & 茶", "b": ""}
	for _, doc := range []string{
		`<xml><a>&lt;Tea&gt; &amp; 茶</a><b></b></xml>`,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n <a><![CDATA[<Tea> & 茶]]></a>\n <b/>\n</xml>\n",
		`<queryRequest><a>&lt;Tea&gt; &amp; 茶</a><b></b></queryRequest>`,
		`<xml><a>&#60;Tea<![CDATA[> &]]> &#x8336;</a><b><![CDATA[]]></b></xml>`,
	} {
		if got, err := parse([]byte(doc)); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v %v", doc, got, err)
		}
	}
}

// FuzzXML: what is written is read back as it was, and reading never panics.
func FuzzXML(f *testing.F) {
	f.Add("plain", []byte(`<xml><a>1</a></xml>`))
	f.Add("]]> & \r\n <", []byte(`<xml><![CDATA[`))
	f.Add("\r", []byte(`<xml/>`))
	f.Fuzz(func(t *testing.T, value string, doc []byte) {
		_, _ = parse(doc)
		if !legal(value) {
			return
		}
		m := message{"attach": value, "z": "1"}
		if got, err := parse(m.xml()); err != nil || !maps.Equal(got, m) {
			t.Errorf("%q came back as %v, %v", value, got, err)
		}
	})
}

// legal reports that XML can carry the text at all.
func legal(s string) bool {
	for _, r := range s {
		control := r < ' ' && r != '\t' && r != '\n' && r != '\r'
		if control || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return utf8.ValidString(s)
}
