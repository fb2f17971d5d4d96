package wechat

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody bounds an answer. A real one has 1 to 2 KiB.
const maxBody = 64 << 10

// field is one parameter of a message: element name and text.
type field struct{ name, value string }

// fields are the parameters of a message, sorted by name in byte order, no
// name twice. That is the order of the signature.
type fields []field

// newFields sorts pairs and leaves out those without a value: an empty
// parameter is neither sent nor signed (wechatpay-v2 3).
func newFields(pairs ...field) fields {
	f := fields(slices.DeleteFunc(pairs, func(p field) bool { return p.value == "" }))
	slices.SortFunc(f, byName)
	return f
}

func byName(a, b field) int { return strings.Compare(a.name, b.name) }

// value returns the text of the parameter, "" when it is absent.
func (f fields) value(name string) string {
	i, found := slices.BinarySearchFunc(f, name, func(p field, name string) int { return strings.Compare(p.name, name) })
	if !found {
		return ""
	}
	return f[i].value
}

// encode writes the request: one flat <xml>, every value escaped, sign last.
// Escaping is always right, while a CDATA section could not hold its own end.
func encode(f fields, sign string) []byte {
	out := make([]byte, 0, 2048)
	out = append(out, "<xml>"...)
	for _, p := range f {
		out = appendElement(out, p)
	}
	out = appendElement(out, field{"sign", sign})
	return append(out, "</xml>"...)
}

func appendElement(out []byte, p field) []byte {
	out = append(append(append(out, '<'), p.name...), '>')
	for i := range len(p.value) {
		switch c := p.value[i]; c {
		case '&':
			out = append(out, "&amp;"...)
		case '<':
			out = append(out, "&lt;"...)
		case '>':
			out = append(out, "&gt;"...)
		case '\r':
			out = append(out, "&#13;"...) // a bare CR would be read back as LF
		default:
			out = append(out, c)
		}
	}
	return append(append(append(out, "</"...), p.name...), '>')
}

// decode reads an answer, and is strict on purpose (docs/decisions/0006): a general
// reader joins "SUC<!-- -->CESS", lets the last of two result_code win and
// ignores what follows the root, so that signature and judgement could read two
// different messages. It takes exactly one document of the grammar
//
//	answer  = [ "<?xml" version [encoding] [standalone] "?>" ] S "<xml>" { S element } S "</xml>" S
//	element = "<" name ">" { text | reference | "<![CDATA[" any "]]>" } "</" name ">" | "<" name "/>"
//
// in valid UTF-8 of at most maxBody bytes: no DTD, no other processing
// instruction, no comment, no attribute, no prefix, no nesting, no name twice.
// The errors are our own words and quote nothing.
func decode(body []byte) (fields, error) { return decodeAs("xml", body) }

// decodeAs reads a document with another root, which what is inside a
// notification has.
func decodeAs(root string, body []byte) (fields, error) {
	if len(body) > maxBody {
		return nil, errors.New("too long")
	}
	if err := checkCharacters(body); err != nil {
		return nil, err
	}
	r := reader{rest: unifyLineEnds(string(body))}
	r.declaration()
	r.space()
	if !r.skip("<"+root) || !r.tagEnd(">") {
		return nil, fmt.Errorf("the root is not a plain <%s>", root)
	}
	f, err := r.elements("</" + root)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.rest != "" {
		return nil, fmt.Errorf("something follows </%s>", root)
	}
	return sorted(f)
}

// sorted puts the elements in order and refuses a name that comes twice, and a
// document without any.
func sorted(f fields) (fields, error) {
	if len(f) == 0 {
		return nil, errors.New("no element")
	}
	slices.SortFunc(f, byName)
	for i := 1; i < len(f); i++ {
		if f[i].name == f[i-1].name {
			return nil, errors.New("an element comes twice")
		}
	}
	return f, nil
}

// checkCharacters refuses what XML 1.0 does not allow anywhere: invalid UTF-8,
// control characters but tab, LF and CR, and U+FFFE, U+FFFF.
func checkCharacters(body []byte) error {
	if !utf8.Valid(body) {
		return errors.New("not UTF-8")
	}
	for i, c := range body {
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return errors.New("a control character")
		case c == 0xEF && body[i+1] == 0xBF && body[i+2] >= 0xBE:
			return errors.New("a character that XML does not allow")
		}
	}
	return nil
}

// unifyLineEnds turns CR LF and CR into LF, as every XML reader has to.
func unifyLineEnds(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
}

// reader consumes the document from the front.
type reader struct{ rest string }

// xmlDeclaration is the only processing instruction taken, in first place.
var xmlDeclaration = regexp.MustCompile(`^<\?xml[ \t\n]+version=(?:"1\.0"|'1\.0')` +
	`(?:[ \t\n]+encoding=(?:"(?i:utf-8)"|'(?i:utf-8)'))?` +
	`(?:[ \t\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>`)

func (r *reader) declaration() {
	if strings.HasPrefix(r.rest, "<?") {
		r.rest = r.rest[len(xmlDeclaration.FindString(r.rest)):]
	}
}

// space drops white space.
func (r *reader) space() { r.rest = strings.TrimLeft(r.rest, " \t\n") }

// skip drops text if it comes next.
func (r *reader) skip(text string) bool {
	after, found := strings.CutPrefix(r.rest, text)
	r.rest = after
	return found
}

// tagEnd drops the end of a tag, which white space may precede.
func (r *reader) tagEnd(end string) bool {
	r.space()
	return r.skip(end)
}

// elements reads up to and including the end tag of the root.
func (r *reader) elements(end string) (fields, error) {
	f := make(fields, 0, 32)
	for {
		r.space()
		if r.skip(end) {
			if !r.tagEnd(">") {
				return nil, errors.New("the root is not closed")
			}
			return f, nil
		}
		p, err := r.element()
		if err != nil {
			return nil, err
		}
		f = append(f, p)
	}
}

// element reads one parameter.
func (r *reader) element() (field, error) {
	if !r.skip("<") {
		return field{}, errors.New("text between the elements, or the end is missing")
	}
	name := r.name()
	if name == "" {
		return field{}, errors.New("not an element: a comment, a DTD, an instruction, or a name out of the ordinary")
	}
	if r.tagEnd("/>") {
		return field{name, ""}, nil
	}
	if !r.skip(">") {
		return field{}, errors.New("an attribute or a prefix")
	}
	value, err := r.value()
	if err != nil {
		return field{}, err
	}
	if !r.skip(name) || !r.tagEnd(">") {
		return field{}, errors.New("the tags do not match")
	}
	return field{name, value}, nil
}

// name reads an element name of ASCII letters, digits, "_", "-" and "."; ""
// when none comes next.
func (r *reader) name() string {
	n := 0
	for n < len(r.rest) && nameByte(r.rest[n], n == 0) {
		n++
	}
	name := r.rest[:n]
	r.rest = r.rest[n:]
	return name
}

func nameByte(c byte, first bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		return true
	case '0' <= c && c <= '9', c == '-', c == '.':
		return !first
	}
	return false
}

// value reads the text of an element up to and including the "</" of its end
// tag. The usual value is one piece, text or CDATA, and costs no allocation.
func (r *reader) value() (string, error) {
	var value string
	for {
		if r.skip("</") {
			return value, nil
		}
		piece, err := r.piece()
		if err != nil {
			return "", err
		}
		value += piece
	}
}

// piece reads a run of text, one reference or one CDATA section.
func (r *reader) piece() (string, error) {
	switch {
	case r.skip("<![CDATA["):
		piece, after, closed := strings.Cut(r.rest, "]]>")
		if !closed {
			return "", errors.New("a CDATA section without an end")
		}
		r.rest = after
		return piece, nil
	case r.skip("&"):
		return r.reference()
	}
	n := strings.IndexAny(r.rest, "<&")
	if n <= 0 {
		return "", errors.New("an element in an element, a comment, or the end is missing")
	}
	piece := r.rest[:n]
	r.rest = r.rest[n:]
	if strings.Contains(piece, "]]>") {
		return "", errors.New("]]> outside a CDATA section")
	}
	return piece, nil
}

// reference reads what follows "&": one of the five entities, or a character
// by its number. There is no DTD, so there is no other.
func (r *reader) reference() (string, error) {
	window := r.rest[:min(len(r.rest), len("#x10FFFF;"))]
	name, after, closed := strings.Cut(window, ";")
	if !closed {
		return "", errors.New("an unknown entity")
	}
	r.rest = r.rest[len(window)-len(after):]
	switch name {
	case "amp":
		return "&", nil
	case "lt":
		return "<", nil
	case "gt":
		return ">", nil
	case "quot":
		return `"`, nil
	case "apos":
		return "'", nil
	}
	return character(name)
}

// character reads "#65" or "#x41".
func character(name string) (string, error) {
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex, found := strings.CutPrefix(name, "#x"); found {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || digits == name {
		return "", errors.New("an unknown entity")
	}
	c := rune(n) // beyond 2^31 it is negative, and no character
	if !utf8.ValidRune(c) || checkCharacters([]byte(string(c))) != nil {
		return "", fmt.Errorf("character number %d, which XML does not allow", n)
	}
	return string(c), nil
}
