package ui

import (
	"embed"
	"fmt"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

//go:embed locale/*.toml
var locales embed.FS

// Languages are those that the catalogue is written in, the first one by default.
var Languages = []string{"en", "zh-Hans", "zh-Hant", "ja"}

// words says the sentences of one language.
type words struct {
	localize func(*i18n.LocalizeConfig) (string, error)
	cjk      bool // the terminal may draw ambiguous characters two cells wide
}

// newWords reads the catalogue. A language that it does not have becomes the
// nearest that it has, in the end English.
func newWords(lang string) (words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, l := range Languages {
		if _, err := bundle.LoadMessageFileFS(locales, "locale/"+l+".toml"); err != nil {
			return words{}, fmt.Errorf("read the catalogue of %s: %w", l, err)
		}
	}
	tag, _ := language.MatchStrings(language.NewMatcher(bundle.LanguageTags()), lang)
	base, _ := tag.Base()
	cjk := base.String() == "zh" || base.String() == "ja"
	return words{localize: i18n.NewLocalizer(bundle, lang).Localize, cjk: cjk}, nil
}

// vars are the values in a sentence.
type vars map[string]any

// say is the sentence of a key. A key that no catalogue has shows as itself; a
// test keeps that from happening.
func (w words) say(key string, with ...vars) string {
	c := &i18n.LocalizeConfig{MessageID: key}
	if len(with) > 0 {
		c.TemplateData = with[0]
		c.PluralCount = with[0]["Count"]
	}
	text, err := w.localize(c)
	if err != nil && text == "" {
		return key
	}
	return text
}

// seconds are whole seconds left until t, at least 0 and rounded up, so that 0
// means now.
func seconds(until time.Duration) int {
	return int((max(until, 0) + time.Second - 1) / time.Second)
}

// age is how long something has lasted, in words.
func (w words) age(d time.Duration) string {
	if d < 2*time.Minute {
		return w.say("time.seconds", vars{"N": int(max(d, 0) / time.Second)})
	}
	return w.say("time.minutes", vars{"N": int(d / time.Minute)})
}
