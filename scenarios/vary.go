package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"swarmlab/netmodel"
)

// cellsMax bounds a sweep; a larger one is a slip, and is refused before anything is allocated.
const cellsMax = 100_000

// Cell is one point of a sweep.
type Cell struct {
	Index    int
	Set      []Setting // what makes this cell, in the order of the axes
	Scenario *Scenario // valid, without vary and quick
}

// Setting is one varied setting. Value is an int, uint64, bool or string, or the canonical text of
// whatever else the setting is.
type Setting struct {
	Path  string
	Value any
}

// Cells returns the product of the axes, the last one fastest; without vary, the one cell that the
// scenario is. Each cell is checked as a scenario of its own.
func (s *Scenario) Cells() ([]Cell, error) {
	count, err := s.countCells()
	if err != nil {
		return nil, err
	}
	trees, err := s.axisTrees()
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, 0, count)
	for index := range count {
		cell, err := s.cell(index, trees)
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
	}
	return cells, nil
}

// countCells multiplies the axes without overflow.
func (s *Scenario) countCells() (int, error) {
	count := 1
	for _, axis := range s.Vary {
		if len(axis.Values) == 0 {
			return 0, fmt.Errorf("%s: vary.%s: there are no values", s.source(), axis.Path)
		}
		count *= len(axis.Values)
		if count > cellsMax {
			return 0, fmt.Errorf("%s: vary: more than %d cells; vary fewer settings or values",
				s.source(), cellsMax)
		}
	}
	return count, nil
}

// axisTrees reads the values of all axes once.
func (s *Scenario) axisTrees() ([][]*treeNode, error) {
	trees := make([][]*treeNode, len(s.Vary))
	trial := s.clone()
	for i, axis := range s.Vary {
		c := s.complaintsOf("vary " + axis.Path)
		p, ok := trial.locate(c, axis.Path, position{})
		for j := 0; ok && j < len(axis.Values); j++ {
			trees[i] = append(trees[i], valueTree(c, p.place, axis.Values[j]))
		}
		if err := c.err(); err != nil {
			return nil, err
		}
		trial.assign(c, axis.Path, trees[i][0])
	}
	return trees, nil
}

// cell makes the cell of that number, which in mixed radix is its value on each axis.
func (s *Scenario) cell(index int, trees [][]*treeNode) (Cell, error) {
	digits, rest := make([]int, len(trees)), index
	for i := range slices.Backward(trees) {
		digits[i], rest = rest%len(trees[i]), rest/len(trees[i])
	}
	scenario := s.clone()
	scenario.Vary, scenario.Quick = nil, nil
	set := make([]Setting, len(trees))
	texts := make([]string, len(trees))
	for i, axis := range s.Vary {
		texts[i] = axis.Path + "=" + axis.Values[digits[i]]
		c := s.complaintsOf("cell " + strings.Join(texts[:i+1], " "))
		p := scenario.assign(c, axis.Path, trees[i][digits[i]])
		if err := c.err(); err != nil {
			return Cell{}, err
		}
		set[i] = Setting{axis.Path, plainValue(p, axis.Values[digits[i]])}
	}
	if err := scenario.Validate(); err != nil {
		return Cell{}, fmt.Errorf("cell %s: %w", strings.Join(texts, " "), err)
	}
	return Cell{index, set, scenario}, nil
}

// plainValue is a varied value as a number or word that a table can hold.
func plainValue(p place, text string) any {
	value := reflect.Indirect(p.value)
	if !value.IsValid() { // left to the client
		return text
	}
	switch v := value.Interface().(type) {
	case int, uint64:
		if text == fmt.Sprint(v) {
			return v
		}
	case bool:
		return v
	case string, Clients, IDs:
		return value.String()
	case netmodel.Span:
		return v.String()
	}
	return text
}

// unvaried are the settings that are about a whole scenario and so cannot differ between cells.
var unvaried = []string{"name", "title", "vary", "quick", "figures", "repeat", "budget", "until",
	"transient", "targets"}

const noneWord = "none"

// fillVary reads the axes of a sweep and tries each value on a copy of the scenario, which all
// other settings are filled into before. An axis may need one before it: model, then delay.
func (f filler) fillVary(p place, n *treeNode) {
	if !f.expectOverrides(p, n, "PATH: [VALUE, VALUE]") {
		return
	}
	trial := f.scenario.clone()
	var vary Vary
	for i, key := range n.keys {
		values := &n.items[i]
		found, ok := trial.locate(f.complaints, key.name, key.at)
		if !ok || !f.mayVary(found.path, key.at, values) {
			continue
		}
		f.noteOverride(p, found.path, key.at)
		before := len(f.list)
		vary = append(vary, Axis{found.path, f.tryValues(trial, found.path, values.items)})
		if len(f.list) == before {
			trial.assign(f.complaints, found.path, &values.items[0])
		}
	}
	f.checkAxes(vary, n.at)
	p.value.Set(reflect.ValueOf(vary))
}

// mayVary complains about what is no axis.
func (f filler) mayVary(path string, at position, values *treeNode) bool {
	root, _, _ := strings.Cut(path, ".")
	switch {
	case slices.Contains(unvaried, root):
		f.add(at, "%s cannot be varied; vary what a run depends on", path)
	case path == "seed":
		f.add(at, "seed is varied by repeat: each run of a cell has a seed of its own")
	case values.kind != listNode || len(values.items) == 0:
		f.add(values.at, "vary.%s: want the list of values, as in [1, 3, 5]", path)
	case len(values.items) > cellsMax:
		f.add(at, "vary.%s: %d values make more than %d cells; name fewer", path,
			len(values.items), cellsMax)
	default:
		return true
	}
	return false
}

// tryValues returns the canonical texts of the values of an axis.
func (f filler) tryValues(trial *Scenario, path string, values []treeNode) []string {
	texts := make([]string, 0, len(values))
	known := make(map[string]bool, len(values))
	for i := range values {
		text, ok := f.try(trial, path, &values[i])
		switch {
		case !ok && len(f.list) >= problemsShown:
			return texts
		case ok && known[text]:
			f.add(values[i].at, "vary.%s: %s is there twice; remove one", path, text)
		}
		known[text] = true
		texts = append(texts, text)
	}
	return texts
}

// try sets a value on a copy of a scenario and returns its canonical text.
func (f filler) try(trial *Scenario, path string, n *treeNode) (string, bool) {
	trial = trial.clone()
	before := len(f.list)
	p, ok := trial.locate(f.complaints, path, n.at)
	if ok {
		filler{complaints: f.complaints, scenario: trial}.fill(p.place, n)
	}
	if len(f.list) > before {
		return "", false
	}
	return flowText(p.place), true
}

// checkAxes refuses a sweep that is too large, and axes that write to the same setting.
func (f filler) checkAxes(vary Vary, at position) {
	probe := Scenario{Vary: vary}
	if _, err := probe.countCells(); err != nil && len(f.list) == 0 {
		f.add(at, "vary: more than %d cells; vary fewer settings or values", cellsMax)
	}
	for i, axis := range vary {
		for _, other := range vary[:i] {
			if within := axis.Path + "."; strings.HasPrefix(other.Path+".", within) ||
				strings.HasPrefix(within, other.Path+".") {
				f.add(at, "vary: %s and %s set the same thing; keep one", other.Path, axis.Path)
			}
		}
	}
}

// fillOverrides reads the settings of quick and tries them, in order.
func (f filler) fillOverrides(p place, n *treeNode) {
	if !f.expectOverrides(p, n, "PATH: VALUE") {
		return
	}
	trial := f.scenario.clone()
	var list Overrides
	for i, key := range n.keys {
		found, ok := trial.locate(f.complaints, key.name, key.at)
		if !ok {
			continue
		}
		f.noteOverride(p, found.path, key.at)
		if root, _, _ := strings.Cut(found.path, "."); root == "name" || root == "quick" {
			f.add(key.at, "%s cannot change %s; remove it", p.path, root)
			continue
		}
		if text, ok := f.try(trial, found.path, &n.items[i]); ok {
			list = append(list, Override{found.path, text})
			trial.assign(f.complaints, found.path, &n.items[i])
		}
	}
	p.value.Set(reflect.ValueOf(list))
}

// expectOverrides tells whether n is a mapping of paths that can be read; none is an empty one.
func (f filler) expectOverrides(p place, n *treeNode, form string) bool {
	p.value.SetZero()
	if n.kind == scalarNode && n.text == noneWord {
		f.note(p, n)
		return false
	}
	return f.expect(p, n, mapNode, "none, or a mapping of "+form) && len(f.list) == 0
}

func (f filler) noteOverride(p place, path string, at position) {
	if f.at != nil {
		f.at[under(p.path, path)] = at
	}
}

// checkOverrides finds axes and overrides that a later Set has robbed of their meaning.
func (s *Scenario) checkOverrides(c *complaints) {
	vary, quick := s.clone(), s.clone()
	for _, axis := range s.Vary {
		if len(axis.Values) > 0 {
			vary.recheck(c, "vary", axis.Path, axis.Values[0])
		}
	}
	for _, o := range s.Quick {
		quick.recheck(c, "quick", o.Path, o.Value)
	}
}

func (s *Scenario) recheck(c *complaints, key, path, value string) {
	at := c.origin.at[under(key, path)]
	if p, ok := s.locate(c, path, at); ok {
		if tree := valueTree(c, p.place, value); tree != nil {
			s.assign(c, path, tree)
		}
	}
}
