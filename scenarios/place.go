package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
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

// elements are the places of the items of a list. Groups go by their names, works and faults by
// their kinds; what is alike, or not yet named, goes by its number from 0.
func (p place) elements(names []string) []place {
	items := make([]place, p.value.Len())
	for i := range items {
		items[i] = place{value: p.value.Index(i), pattern: p.pattern, path: p.path, item: true}
		known := itemPattern(p.value.Type())
		if known == "" {
			continue
		}
		name := names[i]
		if known == "NUMBER" {
			name = ""
		}
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
		case Torrent:
			names[i] = item.Name
		case Work:
			names[i] = item.Kind
		case Fault:
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
	key, values, not := r.condition()
	index := slices.Index(structKeys(parent.Type()), key)
	sibling := rules[strings.TrimSuffix(r.path, p.key())+key]
	var have string
	switch of := parent.Field(index); {
	case of.Kind() == reflect.Slice && of.Len() > 0:
		have = "given"
	case of.Kind() == reflect.Slice || of.String() == "":
		have = sibling.word
	default:
		have = of.String()
	}
	if slices.Contains(values, have) != not {
		return "", true
	}
	if have == "" { // it was refused; one complaint is enough
		return "", false
	}
	needs := key + ": " + strings.Join(values, " or ")
	if not {
		needs = key + ": not " + strings.Join(values, " or ")
	}
	return fmt.Sprintf("belongs to %s, and here is %s: %s; remove it or change %s",
		needs, key, have, key), false
}

// key is the last part of the setting's name.
func (p place) key() string { return p.pattern[strings.LastIndexByte(p.pattern, '.')+1:] }
