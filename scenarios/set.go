package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Set changes one setting, as the option --set PATH=VALUE does: path is the setting's name in the
// file, with a group by its name and a work by its kind or number (groups.nodes.dht.alpha,
// workload.lookup.rate), and value is what one would write in the file. Set holds it against the
// setting's unit and range. A setting that was varied is varied no more: the last word wins.
//
// Changing what decides about other settings, such as network.latency.model, gives those their
// defaults. Settings may be at odds until the last one is set: call Validate then.
func (s *Scenario) Set(path, value string) error {
	c := s.complaintsOf(fmt.Sprintf("set %s=%s", path, value))
	changed := s.clone()
	p, ok := changed.locate(c, path, position{})
	if !ok {
		return c.err()
	}
	for _, axis := range changed.Vary {
		if strings.HasPrefix(p.path, axis.Path+".") {
			c.add(position{}, "%s is varied as a whole; set vary=none first", axis.Path)
			return c.err()
		}
	}
	tree := valueTree(c, p.place, value)
	if tree == nil {
		return c.err()
	}
	changed.assign(c, path, tree)
	changed.Vary = slices.DeleteFunc(changed.Vary, func(axis Axis) bool {
		return axis.Path == p.path || strings.HasPrefix(axis.Path, p.path+".")
	})
	if len(changed.Vary) == 0 {
		changed.Vary = nil
	}
	if err := c.err(); err != nil {
		return err
	}
	changed.forget(p.path)
	*s = *changed
	return nil
}

// ApplyQuick applies the overrides of quick and removes them; the result is valid. What the user
// sets comes after it, so that the user has the last word.
func (s *Scenario) ApplyQuick() error {
	if len(s.Quick) == 0 {
		return fmt.Errorf("%s: there is no quick variant; add one, as in quick: {repeat: 1}",
			s.source())
	}
	changed := s.clone()
	changed.Quick = nil
	for _, o := range s.Quick {
		if err := changed.Set(o.Path, o.Value); err != nil {
			return err
		}
	}
	if err := changed.Validate(); err != nil {
		return err
	}
	*s = *changed
	return nil
}

// source names the scenario in errors.
func (s *Scenario) source() string {
	if s.origin != nil {
		return s.origin.name
	}
	return "scenario " + s.Name
}

// complaintsOf starts complaints about something done to the scenario that no line shows.
func (s *Scenario) complaintsOf(deed string) *complaints {
	return &complaints{origin: &origin{name: s.source() + ": " + deed}}
}

// forget drops the positions of a setting that is no longer as written. The map may be shared
// with the scenario that this one was cloned from.
func (s *Scenario) forget(path string) {
	if s.origin == nil {
		return
	}
	kept := *s.origin
	kept.at = map[string]position{}
	for key, at := range s.origin.at {
		if key != path && !strings.HasPrefix(key, path+".") {
			kept.at[key] = at
		}
	}
	s.origin = &kept
}

// valueTree reads a value given outside a file. A text needs no quotes there, and may have them.
func valueTree(c *complaints, p place, value string) *treeNode {
	if p.value.Kind() == reflect.String {
		if !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") {
			return &treeNode{text: value}
		}
	}
	if strings.TrimSpace(value) == "" {
		c.add(position{}, "the value is empty; write one after the =")
		return nil
	}
	tree := parseTree(c, value)
	if tree != nil {
		tree.unplace()
	}
	return tree
}

// unplace removes positions, which have no meaning outside a file.
func (n *treeNode) unplace() {
	n.at = position{}
	for i := range n.keys {
		n.keys[i].at = position{}
	}
	for i := range n.items {
		n.items[i].unplace()
	}
}

// assign writes a value and all that follows from it.
func (s *Scenario) assign(c *complaints, path string, n *treeNode) place {
	s.unfollow()
	p, ok := s.locate(c, path, n.at)
	if !ok {
		return p.place
	}
	f := filler{complaints: c, scenario: s}
	dependents := p.dependents()
	f.fill(p.place, n)
	for _, d := range dependents {
		switch _, applies := d.applies(p.parent); {
		case !applies:
			d.value.SetZero()
		case !d.applied:
			f.fallback(d.place, position{})
		}
	}
	s.follow()
	return p.place
}

// dependent is a sibling whose meaning hangs on a setting.
type dependent struct {
	place
	applied bool // before the change
}

// dependents are the siblings that apply only beside some values of this setting.
func (p located) dependents() []dependent {
	if p.parent.Kind() != reflect.Struct {
		return nil
	}
	var list []dependent
	for i := range p.parent.NumField() {
		key := fieldKey(p.parent.Type(), i)
		if key == "" {
			continue
		}
		sibling := p.above.field(i)
		if on, _, _ := sibling.rule().condition(); sibling.rule().when == "" || on != p.key {
			continue
		}
		_, applied := sibling.applies(p.parent)
		list = append(list, dependent{sibling, applied})
	}
	return list
}

// located is a place found by its path.
type located struct {
	place
	above  place         // the struct or list that the place belongs to
	parent reflect.Value // its value
	key    string
}

// locate finds a setting by its path.
func (s *Scenario) locate(c *complaints, path string, at position) (located, bool) {
	p := located{place: place{value: reflect.ValueOf(s).Elem()}}
	for key := range strings.SplitSeq(path, ".") {
		next, ok := p.step(c, key, at)
		if !ok {
			return p, false
		}
		p = located{next, p.place, p.value, key}
	}
	return p, true
}

// step goes one key down.
func (p located) step(c *complaints, key string, at position) (place, bool) {
	switch {
	case nested(p.value.Type()) && p.isWord():
		c.add(at, "%s is %s, so it has no %s; set it as a whole", p.path, p.rule().word, show(key))
		return place{}, false
	case nested(p.value.Type()):
		keys := structKeys(p.value.Type())
		for i := range p.value.NumField() {
			if name := fieldKey(p.value.Type(), i); name == "" || name != key {
				continue
			}
			field := p.field(i)
			if why, ok := field.applies(p.value); !ok {
				c.add(at, "%s: %s", field.path, why)
				return place{}, false
			}
			return field, true
		}
		c.add(at, "unknown setting %s%s%s", show(key), within(p.path), suggest(key, keys))
		return place{}, false
	case itemPattern(p.value.Type()) != "":
		return p.stepItem(c, key, at)
	}
	c.add(at, "%s has no settings below it; %s does not exist", p.path, show(key))
	return place{}, false
}

// stepItem goes to an item of a list.
func (p located) stepItem(c *complaints, key string, at position) (place, bool) {
	names := itemNames(p.value)
	items := p.elements(names)
	matches := 0
	for _, name := range names {
		if name == key {
			matches++
		}
	}
	for i, item := range items {
		if strconv.Itoa(i) == key || matches == 1 && names[i] == key {
			return item, true
		}
	}
	if matches > 1 {
		c.add(at, "%s has %d of %s; use the number, as in %s.0", p.path, matches, key, p.path)
		return place{}, false
	}
	c.add(at, "there is no %s in %s%s", show(key), p.path, suggest(key, names))
	return place{}, false
}
