package scenarios

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	sourceMax = 1 << 20 // bytes of a scenario file
	tokensMax = 1 << 16
	pairsMax  = 1 << 11 // keys in all; the library's time grows with their square
	depthMax  = 32      // of nesting; no scenario needs more than seven
)

// treeNode is a value of a YAML source, with nothing in it but scalars, lists and mappings.
type treeNode struct {
	kind  treeKind
	at    position
	text  string // of a scalar
	items []treeNode
	keys  []treeKey // of a mapping, one for each item
}

type treeKind uint8

const (
	scalarNode treeKind = iota
	emptyNode           // nothing is written, or null
	listNode
	mapNode
)

type treeKey struct {
	name string
	at   position
}

// child returns the value of a key of a mapping, or nil.
func (n *treeNode) child(key string) *treeNode {
	for i := range n.keys {
		if n.keys[i].name == key {
			return &n.items[i]
		}
	}
	return nil
}

// parseTree reads a source. It refuses what a scenario has no use for and what an attacker would
// use: a large source, deep nesting, and anchors, aliases, tags and merge keys.
func parseTree(c *complaints, src string) *treeNode {
	switch {
	case len(src) > sourceMax:
		c.add(position{}, "the file has %d bytes, and at most %d are read; is it a scenario?",
			len(src), sourceMax)
		return nil
	case !utf8.ValidString(src) || strings.ContainsRune(src, 0):
		c.add(position{}, "the file is not UTF-8 text; save it as UTF-8")
		return nil
	}
	if !checkTokens(c, lexer.Tokenize(src)) {
		return nil
	}
	file, err := parser.ParseBytes([]byte(src), 0)
	if err != nil {
		addSyntaxError(c, err)
		return nil
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		c.add(position{}, "a scenario is one YAML document; this file has %d", documents(file))
		return nil
	}
	before := len(c.list)
	tree := convert(c, file.Docs[0].Body, 0)
	if len(c.list) > before {
		return nil
	}
	return &tree
}

func documents(file *ast.File) int {
	count := 0
	for _, doc := range file.Docs {
		if doc.Body != nil {
			count++
		}
	}
	return count
}

func addSyntaxError(c *complaints, err error) {
	var pointed yaml.Error
	if !errors.As(err, &pointed) || pointed.GetToken() == nil {
		c.add(position{}, "not valid YAML: %v", err)
		return
	}
	c.add(tokenPosition(pointed.GetToken()), "not valid YAML: %s", pointed.GetMessage())
}

func tokenPosition(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

// checkTokens bounds nesting before the parser, which recurses, sees the source: within a line by
// counting what opens a level, and over lines by the indentation that a level costs.
func checkTokens(c *complaints, tokens token.Tokens) bool {
	if len(tokens) > tokensMax {
		c.add(position{}, "the file has %d words and signs, and at most %d are read",
			len(tokens), tokensMax)
		return false
	}
	flow, line, opened, pairs := 0, 0, 0, 0
	for _, t := range tokens {
		at := tokenPosition(t)
		if at.line != line {
			line, opened = at.line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingKeyType:
			opened++
		case token.MappingValueType:
			pairs++
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			c.add(at, "anchors, aliases and merge keys are not read; write the values out")
			return false
		case token.TagType, token.DirectiveType:
			c.add(at, "YAML tags and directives are not read; leave %s out", show(t.Value))
			return false
		}
		if flow > depthMax || opened > depthMax || flow == 0 && at.column > 8*depthMax &&
			t.Prev != nil && tokenPosition(t.Prev).line < at.line && t.Type != token.CommentType {
			c.add(at, "nested deeper than any scenario is; see the shipped ones for the layout")
			return false
		}
		if pairs > pairsMax {
			c.add(at, "more than %d keys; is this a scenario?", pairsMax)
			return false
		}
	}
	return true
}

// convert turns the library's tree into ours.
func convert(c *complaints, n ast.Node, depth int) treeNode {
	at := tokenPosition(n.GetToken())
	if depth > depthMax {
		c.add(at, "nested deeper than any scenario is; see the shipped ones for the layout")
		return treeNode{at: at}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return convertMapping(c, at, n.Values, depth)
	case *ast.MappingValueNode:
		return convertMapping(c, at, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		list := treeNode{kind: listNode, at: at}
		for _, value := range n.Values {
			list.items = append(list.items, convert(c, value, depth+1))
		}
		return list
	case *ast.NullNode:
		return treeNode{kind: emptyNode, at: at}
	case *ast.LiteralNode:
		return treeNode{at: at, text: strings.TrimSpace(n.Value.Value)}
	case *ast.StringNode:
		return treeNode{at: at, text: n.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return treeNode{at: at, text: n.GetToken().Value}
	}
	c.add(at, "this YAML construct is not read; write a plain value, a list or a mapping")
	return treeNode{at: at}
}

func convertMapping(c *complaints, at position, pairs []*ast.MappingValueNode, depth int) treeNode {
	m := treeNode{kind: mapNode, at: at}
	for i, pair := range pairs {
		key := pair.Key.GetToken()
		if i == 0 && at.column > tokenPosition(key).column {
			m.at = tokenPosition(key) // the library blames the colon of a block mapping
		}
		if m.child(key.Value) != nil {
			c.add(tokenPosition(key), "the key %s is there twice; remove one", show(key.Value))
			continue
		}
		value := convert(c, pair.Value, depth+1)
		m.keys = append(m.keys, treeKey{key.Value, tokenPosition(key)})
		m.items = append(m.items, value)
	}
	return m
}
