package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"swarmlab/netmodel"
)

// SettingDoc is what there is to know about one setting.
type SettingDoc struct {
	Path    string // with NAME for any group and KIND for any work
	Type    string
	Limits  string // a range, or the allowed words
	Default string // empty if nothing is the default, "required" if there is none
	When    string // settings of others that it needs, or empty
	Meaning string
}

// Settings lists every setting in the order of the file. It is the source of the documentation.
func Settings() []SettingDoc {
	return appendSettings(nil, reflect.TypeFor[Scenario](), "")
}

func appendSettings(docs []SettingDoc, t reflect.Type, path string) []SettingDoc {
	for i := range t.NumField() {
		key := fieldKey(t, i)
		if key == "" {
			continue
		}
		pattern, field := under(path, key), own(t.Field(i).Type)
		r := rules[pattern]
		if r == nil {
			panic("scenarios: no rule for " + pattern)
		}
		switch {
		case itemPattern(field) != "":
			before := len(docs)
			docs = appendSettings(docs, field.Elem(), pattern+"."+itemPattern(field))
			needWord(docs[before:], key, r)
		case nested(field):
			before := len(docs)
			docs = appendSettings(docs, field, pattern)
			needWord(docs[before:], key, r)
		default:
			docs = append(docs, SettingDoc{pattern, typeName(field), r.limitsText(), r.fallback,
				r.whenText(), r.meaning})
		}
	}
	return docs
}

// whenText is the condition for people.
func (r *rule) whenText() string {
	text := strings.Replace(strings.Replace(r.when, "!=", ": not ", 1), "=", ": ", 1)
	return strings.ReplaceAll(text, "|", " or ")
}

// needWord notes that settings have no meaning where the whole is a word, or has none.
func needWord(docs []SettingDoc, key string, r *rule) {
	for n := range docs {
		switch {
		case docs[n].When != "":
		case r.word != "":
			docs[n].When = key + ": not " + r.word
		case r.when != "":
			docs[n].When = r.whenText()
		}
	}
}

// nested tells whether a type is a mapping with settings of its own.
func nested(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[Rate]() &&
		t != reflect.TypeFor[Pace]() && t != reflect.TypeFor[netmodel.Span]()
}

// own is the type of a setting that may be left to the client, and any other type itself.
func own(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func typeName(t reflect.Type) string {
	switch t.String() {
	case "scenarios.Clients":
		return "client or mix"
	case "scenarios.Strategies":
		return "strategy or mix"
	case "scenarios.Cheats":
		return "cheat or mix"
	case "scenarios.Speed":
		return "bytes per second"
	case "scenarios.Bytes":
		return "size"
	case "scenarios.Stay":
		return "time or distribution"
	case "netmodel.Span":
		return "distribution"
	case "scenarios.Real":
		return "decimal"
	case "scenarios.Of":
		return "statistic"
	case "scenarios.Tolerance":
		return "tolerance"
	case "scenarios.Duration":
		return "duration"
	case "scenarios.Rate", "scenarios.Pace":
		return "rate"
	case "scenarios.Vary":
		return "sweep"
	case "scenarios.Overrides":
		return "settings"
	case "scenarios.Width":
		return "bits per second"
	case "netmodel.Milli":
		return "decimal"
	case "netmodel.Probability":
		return "probability"
	case "[]int":
		return "list of numbers"
	case "[]string":
		return "list of words"
	case "int", "uint64":
		return "number"
	case "bool":
		return "true or false"
	}
	return "text"
}

func (r *rule) limitsText() string {
	if low, high, ranged := r.bounds(); ranged {
		return low + " to " + high
	}
	return strings.Join(r.words(), ", ")
}

// Resolved returns the scenario as a file, every default filled in. Parse reads it back with the
// same meaning: what follows another setting still follows it.
func (s *Scenario) Resolved() []byte { return s.print(false) }

// Described returns the same file with the meaning of each setting as a comment.
func (s *Scenario) Described() []byte { return s.print(true) }

func (s *Scenario) print(described bool) []byte {
	c := s.clone()
	c.unfollow()
	p := printer{described: described, explained: map[string]bool{}, values: s.clientValues()}
	p.fields(place{value: reflect.ValueOf(c).Elem()}, "")
	return p.Bytes()
}

// printer writes block YAML.
type printer struct {
	bytes.Buffer
	described bool
	explained map[string]bool // patterns that had their comment
	values    map[string]string
}

// fields writes the settings of a struct. If indent ends in "- ", the first line has the dash.
func (p *printer) fields(at place, indent string) {
	for i := range at.value.NumField() {
		key := fieldKey(at.value.Type(), i)
		if key == "" {
			continue
		}
		field := at.field(i)
		if _, ok := field.applies(at.value); !ok || p.described && field.idle(at.value) {
			continue
		}
		p.comment(field.rule(), strings.TrimSuffix(indent, "- "))
		p.WriteString(indent + key + ":")
		indent = strings.ReplaceAll(indent, "-", " ")
		p.setting(field, indent+"  ")
	}
}

// idle tells whether a setting is of DHT nodes, in a group of peers that have none, and as it would
// be without being written: all its meanings would only be in the way of the others.
func (p place) idle(parent reflect.Value) bool {
	g, ok := parent.Interface().(Group)
	if !ok || g.Protocol != BitTorrent || g.Finds(ByDHT) {
		return false
	}
	return p.key() == "dht" && p.value.IsZero() ||
		p.key() == "client" && p.value.String() == p.rule().fallback
}

func (p *printer) comment(r *rule, indent string) {
	if !p.described || p.explained[r.path] {
		return
	}
	p.explained[r.path] = true
	text := r.meaning
	var notes []string
	if limits := r.limitsText(); limits != "" {
		notes = append(notes, limits)
	}
	if r.fallback == required {
		notes = append(notes, required)
	} else if r.fallback != "" && r.fallback != "{}" && r.fallback != "[]" {
		notes = append(notes, "default "+r.fallback)
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, "; ") + ")"
	}
	for _, line := range wrap(text, 96-len(indent)) {
		p.WriteString(indent + "# " + line + "\n")
	}
}

// wrap breaks a text into lines of at most that many bytes, if its words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// setting writes what comes after the colon.
func (p *printer) setting(at place, indent string) {
	switch v := at.value.Interface().(type) {
	case Vary:
		p.axes(v, indent)
	case Overrides:
		p.overrides(v, indent)
	case []Torrent, []Group, []Work, []Line, []Fault, []Target:
		if at.value.Len() == 0 {
			p.WriteString(" " + flowText(at) + "\n")
			return
		}
		p.WriteString("\n")
		for _, item := range at.elements(itemNames(at.value)) {
			p.fields(item, indent+"- ")
		}
	default:
		if nested(at.value.Type()) && !at.isWord() {
			p.WriteString("\n")
			p.fields(at, indent)
			return
		}
		p.WriteString(" " + flowText(at))
		if value, ok := p.values[at.path]; ok && isNil(at.value) {
			p.WriteString(" # " + value)
		}
		p.WriteString("\n")
	}
}

// isWord tells whether a value is the zero value and that has a word.
func (p place) isWord() bool {
	r := p.rule()
	return r != nil && r.word != "" && p.value.IsZero() && !p.item
}

// isNil tells whether a setting is left to the client.
func isNil(v reflect.Value) bool { return v.Kind() == reflect.Pointer && v.IsNil() }

func (p *printer) axes(vary Vary, indent string) {
	if len(vary) == 0 {
		p.WriteString(" none\n")
		return
	}
	p.WriteString("\n")
	for _, axis := range vary {
		fmt.Fprintf(p, "%s%s: [%s]\n", indent, axis.Path, strings.Join(axis.Values, ", "))
	}
}

func (p *printer) overrides(list Overrides, indent string) {
	if len(list) == 0 {
		p.WriteString(" none\n")
		return
	}
	p.WriteString("\n")
	for _, o := range list {
		fmt.Fprintf(p, "%s%s: %s\n", indent, o.Path, o.Value)
	}
}

// flowText is the canonical text of any value, on one line.
func flowText(at place) string {
	if isNil(at.value) {
		return clientWord
	}
	at.value = reflect.Indirect(at.value)
	if at.isWord() {
		return at.rule().word
	}
	switch v := at.value.Interface().(type) {
	case string, Clients, Strategies, Cheats, Stay, IDs, Of, Tolerance:
		return quoted(at.value.String())
	case netmodel.Span:
		return quoted(v.String())
	case Vary, Overrides:
		return flowPairs(v)
	}
	switch {
	case at.value.Kind() == reflect.Slice:
		var items []string
		for _, item := range at.elements(itemNames(at.value)) {
			items = append(items, flowText(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case nested(at.value.Type()):
		var pairs []string
		for i := range at.value.NumField() {
			key := fieldKey(at.value.Type(), i)
			if key == "" {
				continue
			}
			field := at.field(i)
			if _, ok := field.applies(at.value); ok {
				pairs = append(pairs, key+": "+flowText(field))
			}
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	return format(at.value)
}

// briefText is the flow text of a mapping without the settings that are as by default.
func briefText(at place) string {
	if at.isWord() || !nested(at.value.Type()) {
		return flowText(at)
	}
	var pairs []string
	for i := range at.value.NumField() {
		field := at.field(i)
		if _, ok := field.applies(at.value); !ok {
			continue
		}
		if text := briefText(field); text != field.rule().fallback {
			pairs = append(pairs, fieldKey(at.value.Type(), i)+": "+text)
		}
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// flowPairs is the text of a sweep or of overrides on one line.
func flowPairs(list any) string {
	var pairs []string
	switch list := list.(type) {
	case Vary:
		for _, axis := range list {
			pairs = append(pairs, axis.Path+": ["+strings.Join(axis.Values, ", ")+"]")
		}
	case Overrides:
		for _, o := range list {
			pairs = append(pairs, o.Path+": "+o.Value)
		}
	}
	if len(pairs) == 0 {
		return noneWord
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// quoted writes a text so that it is read back as that text: plain if it is a word or words,
// otherwise between quotes. Texts are printable, so only two characters need an escape.
func quoted(text string) string {
	plain := text != "" && text == strings.TrimSpace(text)
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		inner := i > 0 && (isDigit(c) || strings.IndexByte(" -_./%", c) >= 0)
		plain = plain && (letter || inner)
	}
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		plain = false
	}
	if plain {
		return text
	}
	return strconv.Quote(text)
}
