package sim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// message is one flat <xml> document: element name to unescaped value.
type message map[string]string

// parse reads a document as strictly as wechatpay-v2.md 3 describes it: one
// root, one flat level, no attributes, namespaces, comments, directives or
// repeated names, and nothing after the root. The root's name is not looked at:
// a library that many shops run calls it closeRequest, and is answered.
func parse(doc []byte) (message, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	r := &reader{fields: message{}}
	for {
		at := d.InputOffset()
		t, err := d.Token()
		if err == io.EOF {
			return r.fields, r.end()
		}
		if err != nil {
			return nil, err
		}
		if err := r.take(t, at); err != nil {
			return nil, err
		}
	}
}

// reader collects fields while it walks over one document.
type reader struct {
	fields message
	depth  int             // open elements: 0 outside, 1 in the root, 2 in a field
	closed bool            // the root has ended
	name   string          // the field that is open at depth 2
	value  strings.Builder // its text so far
}

// take handles one token that began at byte at.
func (r *reader) take(t xml.Token, at int64) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.open(t)
	case xml.EndElement:
		r.shut()
		return nil
	case xml.CharData:
		return r.text(t)
	case xml.ProcInst:
		if at == 0 && t.Target == "xml" {
			return nil
		}
	}
	return errors.New("comment, directive or instruction")
}

// open begins the root or a field.
func (r *reader) open(t xml.StartElement) error {
	_, twice := r.fields[t.Name.Local]
	switch {
	case t.Name.Space != "" || len(t.Attr) > 0:
		return errors.New("namespace or attribute")
	case r.closed:
		return errors.New("second root")
	case r.depth == 1 && twice:
		return errors.New("repeated element " + t.Name.Local)
	case r.depth == 2:
		return errors.New("nested element " + t.Name.Local)
	}
	r.depth++
	r.name = t.Name.Local
	r.value.Reset()
	return nil
}

// shut ends a field, or the root.
func (r *reader) shut() {
	if r.depth == 2 {
		r.fields[r.name] = r.value.String()
	}
	r.depth--
	r.closed = r.depth == 0
}

// text belongs to the open field; between fields only white space may stand.
func (r *reader) text(b []byte) error {
	if r.depth == 2 {
		r.value.Write(b)
		return nil
	}
	if len(bytes.TrimSpace(b)) > 0 {
		return errors.New("text between elements")
	}
	return nil
}

// end is called after the last token.
func (r *reader) end() error {
	if !r.closed {
		return errors.New("no root")
	}
	return nil
}

// xml writes the message as the real host does: values in CDATA, one a line.
func (m message) xml() []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, name := range slices.Sorted(maps.Keys(m)) {
		b.WriteString("<" + name + ">")
		writeValue(&b, m[name])
		b.WriteString("</" + name + ">\n")
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// writeValue escapes what CDATA cannot carry: its own end, and a carriage
// return, which every XML reader would turn into a line feed.
func writeValue(b *bytes.Buffer, value string) {
	if strings.Contains(value, "]]>") || strings.Contains(value, "\r") {
		_ = xml.EscapeText(b, []byte(value)) // a bytes.Buffer cannot fail
		return
	}
	b.WriteString("<![CDATA[" + value + "]]>")
}
