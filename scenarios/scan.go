package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"

	"swarmlab/netmodel"
)

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
	case *Width:
		*v, err = parseWidth(text)
	case *Rate:
		*v, err = parseRate(text)
	case *Clients:
		*v, err = parseClients(text)
	case *Pace:
		*v, err = parsePace(text)
	case *Strategies:
		*v, err = parseStrategies(text)
	case *Cheats:
		*v, err = parseCheats(text)
	case *Speed:
		*v, err = parseSpeed(text)
	case *Stay:
		*v, err = parseStay(text)
	case *Bytes:
		*v, err = parseBytes(text)
	case *IDs:
		*v, err = parseIDs(text)
	case *Real:
		*v, err = parseReal(text)
	case *Of:
		*v, err = parseOf(text)
	case *Tolerance:
		*v, err = parseTolerance(text)
	case *netmodel.Span:
		*v, err = netmodel.ParseSpan(text)
	case *Policy:
		*v = Policy(text)
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
