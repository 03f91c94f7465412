package scenarios

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

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
	case t.Kind() == reflect.Pointer:
		f.fillOwn(p, n)
	case t == reflect.TypeFor[Vary]():
		f.fillVary(p, n)
	case t == reflect.TypeFor[Overrides]():
		f.fillOverrides(p, n)
	case t == reflect.TypeFor[Churn]():
		if full := f.withPreset(p, n); full != nil {
			f.fillStruct(p, full)
		}
	case nested(t):
		f.fillStruct(p, n)
	case t.Kind() == reflect.Slice:
		f.fillList(p, n)
	default:
		f.fillScalar(p, n)
	}
}

// fillOwn writes a setting that may be left to the client.
func (f filler) fillOwn(p place, n *treeNode) {
	if n.kind == scalarNode && n.text == clientWord {
		f.note(p, n)
		p.value.SetZero()
		return
	}
	fresh := reflect.New(p.value.Type().Elem())
	f.fill(place{value: fresh.Elem(), pattern: p.pattern, path: p.path}, n)
	p.value.Set(fresh)
}

func (f filler) fillStruct(p place, n *treeNode) {
	if f.fillWord(p, n) {
		return
	}
	keys := structKeys(p.value.Type())
	if !f.expect(p, n, mapNode, "a mapping with the keys "+strings.Join(keys, ", ")) {
		return
	}
	for _, key := range n.keys {
		switch {
		case slices.Contains(keys, key.name):
		case strings.HasSuffix(key.name, ")"): // the rest of weibull(0.59, 41.9m)
			f.add(key.at, "unknown key %s%s; within { } a value with a comma needs quotes",
				show(key.name), within(p.path))
		default:
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

// fillWord writes the zero value of a mapping or a list if n is the word for it.
func (f filler) fillWord(p place, n *treeNode) bool {
	r := p.rule()
	if r == nil || r.word == "" || n.kind != scalarNode || n.text != r.word {
		return false
	}
	f.note(p, n)
	p.value.SetZero()
	return true
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// fallback writes a setting's default. The settings before it are filled.
func (f filler) fallback(p place, parent position) {
	r := p.rule()
	text := r.fallback
	if r.instead != nil && f.scenario != nil {
		text = cmp.Or(r.instead(f.scenario), text)
	}
	switch text {
	case required:
		f.add(parent, "%s is missing; add it: %s", p.path, r.meaning)
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
	if f.fillWord(p, n) {
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
