package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"swarmlab/netmodel"
)

// place is one setting of a scenario: where its value lies, and its two names.
type place struct {
	value   reflect.Value // of the struct field or list element; can be set
	pattern string        // groups.NAME.size: names its rule
	path    string        // groups.nodes.size: as users write it
	item    bool          // of a list of scalars: it goes by the list's rule, without its word
}

func (p place) rule() *rule { return rules[p.pattern] }

// under extends a path by a key.
func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// field is the place of a key of a struct.
func (p place) field(i int) place {
	key := fieldKey(p.value.Type(), i)
	return place{value: p.value.Field(i), pattern: under(p.pattern, key), path: under(p.path, key)}
}

// elements are the places of the items of a list. Groups go by their names and works by their
// kinds; what is alike, or not yet named, goes by its number from 0.
func (p place) elements(names []string) []place {
	items := make([]place, p.value.Len())
	for i := range items {
		items[i] = place{value: p.value.Index(i), pattern: p.pattern, path: p.path, item: true}
		known := ""
		switch p.value.Interface().(type) {
		case []Group:
			known = "NAME"
		case []Work:
			known = "KIND"
		default:
			continue
		}
		name := names[i]
		if name == "" || slices.Index(names, name) != i || slices.Contains(names[i+1:], name) {
			name = strconv.Itoa(i)
		}
		items[i].pattern, items[i].path = under(p.pattern, known), under(p.path, name)
		items[i].item = false
	}
	return items
}

// itemNames are the names of the items of a list that is filled.
func itemNames(list reflect.Value) []string {
	names := make([]string, list.Len())
	for i := range names {
		switch item := list.Index(i).Interface().(type) {
		case Group:
			names[i] = item.Name
		case Work:
			names[i] = item.Kind
		}
	}
	return names
}

// writtenNames are the names that the items of a list will have.
func writtenNames(n *treeNode) []string {
	names := make([]string, len(n.items))
	for i := range names {
		for _, key := range [...]string{"name", "kind"} {
			if c := n.items[i].child(key); c != nil && c.kind == scalarNode && validName(c.text) {
				names[i] = c.text
			}
		}
	}
	return names
}

// fieldKey is the key of a struct's field, or empty if it is not a setting.
func fieldKey(t reflect.Type, i int) string { return t.Field(i).Tag.Get("yaml") }

// structKeys are the keys of a struct in the order of its fields.
func structKeys(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if key := fieldKey(t, i); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// applies tells whether a setting has a meaning beside its siblings. If not, why says what it
// needs.
func (p place) applies(parent reflect.Value) (why string, ok bool) {
	r := p.rule()
	if r == nil || r.when == "" {
		return "", true
	}
	key, values := r.condition()
	index := slices.Index(structKeys(parent.Type()), key)
	have := parent.Field(index).String()
	if slices.Contains(values, have) {
		return "", true
	}
	if have == "" { // it was refused; one complaint is enough
		return "", false
	}
	return fmt.Sprintf("belongs to %s: %s, and here is %s: %s; remove it or change %s",
		key, strings.Join(values, " or "), key, have, key), false
}

// filler writes values of a tree into a scenario, and defaults where the tree has none.
type filler struct {
	*complaints
	scenario *Scenario           // that is filled
	at       map[string]position // where settings were written; nil to note nothing
}

// fillScenario fills in everything.
func (f filler) fillScenario(n *treeNode) {
	from := f.scenario.origin
	f.fillStruct(place{value: reflect.ValueOf(f.scenario).Elem()}, n)
	f.scenario.origin = from
}

// fill writes n into p. After a complaint the scenario is of no use.
func (f filler) fill(p place, n *treeNode) {
	switch t := p.value.Type(); {
	case t == reflect.TypeFor[Vary]():
		f.fillVary(p, n)
	case t == reflect.TypeFor[Overrides]():
		f.fillOverrides(p, n)
	case nested(t):
		f.fillStruct(p, n)
	case t.Kind() == reflect.Slice:
		f.fillList(p, n)
	default:
		f.fillScalar(p, n)
	}
}

func (f filler) fillStruct(p place, n *treeNode) {
	keys := structKeys(p.value.Type())
	if !f.expect(p, n, mapNode, "a mapping with the keys "+strings.Join(keys, ", ")) {
		return
	}
	for _, key := range n.keys {
		if !slices.Contains(keys, key.name) {
			f.add(key.at, "unknown key %s%s%s", show(key.name), within(p.path),
				suggest(key.name, keys))
		}
	}
	p.value.SetZero()
	for i := range p.value.NumField() {
		key := fieldKey(p.value.Type(), i)
		if key == "" {
			continue
		}
		field, given := p.field(i), n.child(key)
		why, ok := field.applies(p.value)
		switch {
		case !ok && given != nil && why != "":
			f.add(given.at, "%s: %s", field.path, why)
		case ok && given != nil:
			f.fill(field, given)
		case ok:
			f.fallback(field, n.at)
		}
	}
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// fallback writes a setting's default.
func (f filler) fallback(p place, parent position) {
	switch text := p.rule().fallback; text {
	case required:
		f.add(parent, "%s is missing; add it: %s", p.path, p.rule().meaning)
	case "":
		p.value.SetZero()
	case "{}":
		f.fill(p, &treeNode{kind: mapNode, at: parent})
	case "[]":
		f.fill(p, &treeNode{kind: listNode, at: parent})
	default:
		f.fill(p, fallbackTree(text, parent))
	}
}

// fallbackTree reads a default: a word or number, or a list of words.
func fallbackTree(text string, at position) *treeNode {
	inner, listed := strings.CutPrefix(text, "[")
	if !listed {
		return &treeNode{at: at, text: text}
	}
	list := &treeNode{kind: listNode, at: at}
	for item := range strings.SplitSeq(strings.TrimSuffix(inner, "]"), ", ") {
		list.items = append(list.items, treeNode{at: at, text: item})
	}
	return list
}

const itemsMax = 64 // of a list of groups, works, buckets or figures

func (f filler) fillList(p place, n *treeNode) {
	if n.kind == scalarNode && p.rule().word != "" && n.text == p.rule().word {
		f.note(p, n)
		p.value.SetZero()
		return
	}
	if !f.expect(p, n, listNode, "a list, as in [a, b]") {
		return
	}
	if len(n.items) > itemsMax {
		f.add(n.at, "%s: %d items, and at most %d are read", p.path, len(n.items), itemsMax)
		return
	}
	list := reflect.MakeSlice(p.value.Type(), len(n.items), len(n.items))
	shell := place{value: list, pattern: p.pattern, path: p.path}
	for i, item := range shell.elements(writtenNames(n)) {
		f.fill(item, &n.items[i])
	}
	p.value.Set(list)
}

func (f filler) fillScalar(p place, n *treeNode) {
	if !f.expect(p, n, scalarNode, "one value") {
		return
	}
	r := p.rule()
	if !p.item && r.word != "" && n.text == r.word {
		p.value.SetZero()
		return
	}
	fresh := reflect.New(p.value.Type())
	if err := scan(fresh, n.text); err != nil {
		f.add(n.at, "%s: %v%s", p.path, err, p.orWord())
		return
	}
	if err := r.check(fresh.Elem()); err != nil {
		f.add(n.at, "%s: %v%s", p.path, err, p.orWord())
		return
	}
	p.value.Set(fresh.Elem())
}

func (p place) orWord() string {
	if p.item || p.rule().word == "" {
		return ""
	}
	return ", or " + p.rule().word
}

// expect complains unless n is of the kind wanted, and notes where the setting was written.
func (f filler) expect(p place, n *treeNode, kind treeKind, wanted string) bool {
	f.note(p, n)
	switch {
	case n.kind == kind:
		return true
	case p.path == "":
		f.add(n.at, "a scenario is %s", wanted)
	case n.kind == emptyNode:
		f.add(n.at, "%s has no value: write one, or remove the line", p.path)
	default:
		f.add(n.at, "%s: want %s", p.path, wanted)
	}
	return false
}

func (f filler) note(p place, n *treeNode) {
	if n.at.line > 0 && f.at != nil && !p.item {
		f.at[p.path] = n.at
	}
}

// check holds a value against a rule's range or words.
func (r *rule) check(v reflect.Value) error {
	if r.limits == nameForm {
		if !validName(v.String()) {
			return fmt.Errorf("%s is not a name; use at most %d of a-z, 0-9, - and _, "+
				"beginning with a letter", show(v.String()), nameMax)
		}
		return nil
	}
	if words := r.words(); words != nil {
		if word := v.String(); !slices.Contains(words, word) {
			return fmt.Errorf("%s is unknown%s", show(word), suggest(word, words))
		}
		return nil
	}
	low, high, ranged := r.bounds()
	if !ranged {
		return nil
	}
	if compare(v, limit(v.Type(), low)) < 0 || compare(v, limit(v.Type(), high)) > 0 {
		return fmt.Errorf("%s is outside %s to %s; write a value between", format(v), low, high)
	}
	return nil
}

// limit reads an end of a range. The tables of rules are ours: an error is a slip in them.
func limit(t reflect.Type, text string) reflect.Value {
	v := reflect.New(t)
	if err := scan(v, text); err != nil {
		panic("scenarios: bad limit in a rule: " + err.Error())
	}
	return v.Elem()
}

func compare(a, b reflect.Value) int {
	if a.CanUint() {
		return cmp.Compare(a.Uint(), b.Uint())
	}
	return cmp.Compare(a.Int(), b.Int())
}

// scan reads a scalar's text into what target points to.
func scan(target reflect.Value, text string) (err error) {
	switch v := target.Interface().(type) {
	case *string:
		*v, err = text, checkText(text)
	case *bool:
		if *v = text == "true"; !*v && text != "false" {
			err = fmt.Errorf("%s is neither true nor false", show(text))
		}
	case *int:
		var count uint64
		if count, err = parseCount(text); err == nil {
			*v = int(min(count, math.MaxInt))
		}
	case *uint64:
		*v, err = parseCount(text)
	case *Duration:
		*v, err = parseDuration(text)
	case *Rate:
		*v, err = parseRate(text)
	case *netmodel.Milli:
		*v, err = netmodel.ParseMilli(text)
	case *netmodel.Probability:
		*v, err = netmodel.ParseProbability(text)
	default:
		panic(fmt.Sprintf("scenarios: no way to read a %T", v))
	}
	return err
}

// format writes a scalar canonically, as scan reads it.
func format(v reflect.Value) string {
	return fmt.Sprint(v.Interface())
}
