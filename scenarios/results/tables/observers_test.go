package tables

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
)

// TestObserversHaveFiles writes a row for each crawl and for each kind of node.
func TestObserversHaveFiles(t *testing.T) {
	c := &findings.Connectivity{}
	c.Count(findings.Probed{Class: "open", Reciprocal: true})
	c.Count(findings.Probed{Class: "open"})
	o := runsOf{{}, {Cell: 1, Seed: 7, Connectivity: c,
		Census: &findings.Census{Zone: 3, Crawls: []findings.Crawled{{Answered: 5},
			{Answered: 6}}}}}
	var b bytes.Buffer
	require.NoError(t, o.writeCensus(&b))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 3)
	require.Equal(t, "1,7,1,3,0,0,0,0,0,0,0,6,0,0,0,0,0", lines[2])
	require.Equal(t, strings.Count(lines[0], ","), strings.Count(lines[2], ","))
	b.Reset()
	require.NoError(t, o.writeConnectivity(&b))
	require.Equal(t, "cell,seed,class,reciprocal,transitive,persistent,left,nodes\n"+
		"1,7,open,true,false,false,false,1\n1,7,open,false,false,false,false,1\n", b.String())
}
