package tracker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// stage is a client and what its trackers say to it. It writes down what the client does.
type stage struct {
	t    *testing.T
	c    *Client
	now  protocol.Time
	due  protocol.Time
	out  protocol.Outbox
	rand protocol.Rand
	tot  Totals
	log  []string
	// answer is called with each packet, and returns the answer, nil for none.
	answer func(s *stage, to protocol.Addr, p *Packet) []byte
	web    func(s *stage, url string) (body, problem string)
}

const udp1, udp2, udp3 = "udp://10.0.0.1:80/announce", "udp://10.0.0.2:80/announce",
	"udp://10.0.0.3:80/announce"

func newStage(t *testing.T, tiers ...[]string) *stage {
	s := &stage{t: t, rand: protocol.NewRand(1, 2, 3), tot: Totals{Left: 100}}
	c, err := NewClient(ClientConfig{InfoHash: vectorHash(), Port: 6881, Key: 7, Want: 50,
		Tiers: tiers, HTTP: true, IntervalMin: time.Minute}, &s.rand)
	require.NoError(t, err)
	s.c = c
	return s
}

// do lets the client act, and carries out what it wants.
func (s *stage) do(act func(*protocol.Turn) protocol.Time) {
	s.out.Reset()
	s.due = act(&protocol.Turn{Now: s.now, Rand: &s.rand, Out: &s.out})
	type sent struct {
		to protocol.Addr
		p  []byte
	}
	var all []sent
	for n := range s.out.Sends() {
		to, p := s.out.Send(n)
		all = append(all, sent{to, append([]byte{}, p...)})
	}
	for _, x := range all {
		var p Packet
		require.Equal(s.t, OK, ParsePacket(x.p, protocol.Addr4(9, 9), &p))
		what := [...]string{"connect", "announce " + p.Announce.Event.String()}[p.Action]
		s.note("%s %d", strings.TrimSpace(what), x.to.IP4()&0xff)
		if s.answer == nil {
			continue
		}
		if a := s.answer(s, x.to, &p); a != nil {
			s.do(func(t *protocol.Turn) protocol.Time {
				due, taken := s.c.Datagram(t, x.to, a, s.tot)
				require.True(s.t, taken)
				return due
			})
		}
	}
	if number, url, ok := s.c.Fetch(); ok && s.web != nil {
		s.note("fetch %s", strings.SplitN(string(url), "/", 4)[2])
		body, problem := s.web(s, string(url))
		s.do(func(t *protocol.Turn) protocol.Time {
			return s.c.Fetched(t, number, []byte(body), problem, s.tot)
		})
	}
}

func (s *stage) note(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf("%g ", time.Duration(s.now).Seconds())+
		fmt.Sprintf(format, args...))
}

func (s *stage) start() {
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Start(t, s.tot) })
}

// until lets time pass.
func (s *stage) until(end time.Duration) {
	for s.due <= protocol.Time(end) {
		require.Greater(s.t, s.due, s.now-1)
		s.now = max(s.due, s.now)
		s.do(func(t *protocol.Turn) protocol.Time { return s.c.Wake(t, s.tot) })
	}
	s.now = protocol.Time(end)
}

func (s *stage) told(lines ...string) {
	s.t.Helper()
	require.Equal(s.t, strings.Join(lines, "\n"), strings.Join(s.log, "\n"))
	s.log = nil
}

// good answers like a tracker that works: with an interval of ten minutes, and two peers.
func good(s *stage, to protocol.Addr, p *Packet) []byte {
	if p.Action == ActionConnect {
		return AppendConnectReply(nil, p.Transaction, 0xc0ffee)
	}
	require.EqualValues(s.t, 0xc0ffee, p.Connection)
	require.EqualValues(s.t, 7, p.Announce.Key)
	return AppendAnnounceReply(nil, p.Transaction,
		&Reply{Interval: 10 * time.Minute, Seeders: 3, Peers: vectorPeers})
}

// The examples of BEP 15.
func TestRetransmission(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.start()
	s.until(7664 * time.Second)
	s.told("0 connect 1", "15 connect 1", "45 connect 1", "105 connect 1", "225 connect 1",
		"465 connect 1", "945 connect 1", "1905 connect 1", "3825 connect 1")
	require.EqualValues(t, 7665*time.Second, s.due, "then it gives up")
	require.EqualValues(t, 8, s.c.Tally().Resent)
	s.until(7700 * time.Second)
	s.told("7682 connect 1", "7697 connect 1")

	s = newStage(t, []string{udp1})
	s.answer = func(s *stage, to protocol.Addr, p *Packet) []byte { return nil }
	s.start()
	s.now = protocol.Time(2 * time.Second)
	s.answer = func(s *stage, to protocol.Addr, p *Packet) []byte { return nil }
	s.do(func(t *protocol.Turn) protocol.Time {
		due, taken := s.c.Datagram(t, protocol.Addr4(10<<24|1, 80),
			AppendConnectReply(nil, s.c.tid, 1), s.tot)
		require.True(s.t, taken)
		return due
	})
	s.until(300 * time.Second)
	s.told("0 connect 1", "2 announce started 1", "17 announce started 1", "47 announce started 1",
		"107 connect 1", "227 connect 1")
}

func TestAnnouncesInTheirOrder(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.answer = good
	s.start()
	require.Equal(t, vectorPeers, s.c.Peers())
	s.until(20*time.Minute + time.Second)
	s.told("0 connect 1", "0 announce started 1", "600 connect 1", "600 announce 1",
		"1200 connect 1", "1200 announce 1")
	complete := func(t *protocol.Turn) protocol.Time { return s.c.Complete(t, s.tot) }
	s.do(complete)
	s.told("1201 announce completed 1")
	s.do(func(*protocol.Turn) protocol.Time { return s.c.More() })
	require.EqualValues(t, 1261*time.Second, s.due, "more peers, but not before IntervalMin")
	s.c.Pause(true)
	s.until(1300 * time.Second)
	s.told("1261 connect 1", "1261 announce paused 1")
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	s.told("1300 announce stopped 1")
	require.True(t, s.c.Left())
	require.Equal(t, protocol.Never, s.due)
	require.EqualValues(t, 6, s.c.Tally().Answered)
	require.Equal(t, "udp://10.0.0.1:80/announce", newStage(t, []string{udp1}).c.Status().URL)
}

// What is completed while a start is under way is told after it; and who never was told of the
// start is not told of the end.
func TestEventsWait(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.start()
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Complete(t, s.tot) })
	s.answer = good
	s.until(16 * time.Second)
	s.told("0 connect 1", "15 connect 1", "15 announce started 1", "15 announce completed 1")

	s = newStage(t, []string{udp1})
	s.start()
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	require.True(t, s.c.Left())
	s.told("0 connect 1")
}

// TestStoppedDoesNotOvertake: who leaves while an announce is under way lets it be answered first.
// A tracker that took them the other way round would go on listing the client.
func TestStoppedDoesNotOvertake(t *testing.T) {
	const web = "http://a.example/announce"
	leave := func(s *stage) {
		s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	}
	event := func(s *stage) string {
		_, url, ok := s.c.Fetch()
		_, event, _ := strings.Cut(string(url), "&event=")
		event, _, _ = strings.Cut(event, "&")
		require.True(t, ok || event == "")
		return event
	}
	fetched := func(s *stage, body string) {
		number, _, _ := s.c.Fetch()
		s.do(func(t *protocol.Turn) protocol.Time {
			return s.c.Fetched(t, number, []byte(body), "", s.tot)
		})
	}
	const fine, no = "d8:intervali600ee", "d14:failure reason2:noe"
	for _, answer := range []string{fine, no} {
		s := newStage(t, []string{web})
		s.start()
		fetched(s, fine)
		s.do(func(t *protocol.Turn) protocol.Time { return s.c.Complete(t, s.tot) })
		leave(s)
		require.Equal(t, "completed", event(s))
		fetched(s, answer)
		if answer == no { // it was not told
			require.Equal(t, "completed", event(s))
			fetched(s, fine)
		}
		require.Equal(t, "stopped", event(s))
		fetched(s, fine)
		require.True(t, s.c.Left())
	}

	s := newStage(t, []string{web}) // the start is answered late
	s.start()
	leave(s)
	require.Equal(t, "started", event(s))
	fetched(s, fine)
	require.Equal(t, "stopped", event(s))

	s = newStage(t, []string{web}) // an announce is not
	s.start()
	fetched(s, fine)
	s.until(601 * time.Second)
	leave(s)
	require.Equal(t, protocol.Time(603*time.Second), s.due)
	s.until(603 * time.Second)
	require.Equal(t, "stopped", event(s))
	s.until(608 * time.Second)
	require.True(t, s.c.Left())
}

// TestStoppedDoesNotOvertakePackets is the same by UDP.
func TestStoppedDoesNotOvertakePackets(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.answer = good
	s.start()
	s.answer, s.log = nil, nil
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Complete(t, s.tot) })
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	s.told("0 announce completed 1")
	s.answer = good
	s.do(func(t *protocol.Turn) protocol.Time {
		due, taken := s.c.Datagram(t, s.c.sites.at(s.c.at).addr,
			AppendAnnounceReply(nil, s.c.tid, &Reply{Interval: time.Hour}), s.tot)
		require.True(s.t, taken)
		return due
	})
	s.told("0 announce stopped 1")
	require.True(t, s.c.Left())
}

func TestLeavingSilentTrackers(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.answer = good
	s.start()
	s.until(100 * time.Second)
	s.answer, s.log = nil, nil
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	require.False(t, s.c.Left())
	s.until(10 * time.Minute)
	require.True(t, s.c.Left())
	s.told("100 connect 1")
	require.Zero(t, s.c.Tally().Resent)

	s = newStage(t, []string{udp1})
	s.answer = good
	s.start()
	s.now, s.log, s.answer = protocol.Time(119*time.Second), nil, nil
	s.do(func(t *protocol.Turn) protocol.Time { s.c.Last(t, s.tot); return s.c.Due() })
	s.told("119 announce stopped 1")
	s = newStage(t, []string{udp1})
	s.answer = good
	s.start()
	s.now, s.log, s.answer = protocol.Time(120*time.Second), nil, nil
	s.do(func(t *protocol.Turn) protocol.Time { s.c.Last(t, s.tot); return s.c.Due() })
	s.told()
}

func TestTiers(t *testing.T) {
	alive := map[uint32]bool{}
	s := newStage(t, []string{udp1, udp2}, []string{udp3})
	s.answer = func(s *stage, to protocol.Addr, p *Packet) []byte {
		if !alive[to.IP4()&0xff] {
			return nil
		}
		return good(s, to, p)
	}
	first := uint32(s.c.sites.at(turn{}).addr.IP4() & 0xff)
	second := 3 - first
	alive[3] = true
	s.start()
	s.until(100 * time.Second)
	s.told(fmt.Sprintf("0 connect %d", first), fmt.Sprintf("15 connect %d", first),
		fmt.Sprintf("45 connect %d", second), fmt.Sprintf("60 connect %d", second),
		"90 connect 3", "90 announce started 3")
	alive[second] = true
	s.until(800 * time.Second) // the next one is due at 690 and starts with the first tier again
	s.told(fmt.Sprintf("690 connect %d", first), fmt.Sprintf("705 connect %d", first),
		fmt.Sprintf("735 connect %d", second), fmt.Sprintf("735 announce started %d", second))
	s.until(1400 * time.Second) // which is in front of its tier now
	s.told(fmt.Sprintf("1335 connect %d", second), fmt.Sprintf("1335 announce %d", second))
	s.do(func(t *protocol.Turn) protocol.Time { return s.c.Leave(t, s.tot) })
	s.told(fmt.Sprintf("1400 connect %d", second), fmt.Sprintf("1400 announce stopped %d", second),
		"1400 connect 3", "1400 announce stopped 3")
	require.True(t, s.c.Left())

	_, refused := newSites([][]string{slices.Repeat([]string{udp1}, 90),
		slices.Repeat([]string{udp2}, 90)}, &s.rand)
	require.Equal(t, 80, refused, "beyond a hundred")
	orders := map[string]int{}
	for n := range uint64(600) {
		rand := protocol.NewRand(n, 0, 0)
		all, refused := newSites([][]string{{udp1, udp2, "x", udp3}, {"y"}, {udp1}}, &rand)
		require.Equal(t, 2, refused)
		require.Len(t, all, 2)
		orders[all[0][0].url+all[0][1].url]++
	}
	require.Len(t, orders, 6)
	for _, n := range orders {
		require.InDelta(t, 100, n, 40, "each order is as likely")
	}
}

func TestRefusalsAndBackoff(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.answer = func(s *stage, to protocol.Addr, p *Packet) []byte {
		return AppendError(nil, p.Transaction, "go \x1baway")
	}
	s.start()
	s.until(200 * time.Second)
	s.told("0 connect 1", "17 connect 1", "72 connect 1", "189 connect 1")
	require.Equal(t, "go ?away", s.c.Status().Problem)
	require.Equal(t, udp1, s.c.Status().URL, "whose problem it is")
	for range 20 {
		s.until(time.Duration(s.due))
	}
	require.EqualValues(t, time.Hour, s.due-s.now, "never longer than an hour")
}

func TestHTTPTrackers(t *testing.T) {
	s := newStage(t, []string{"http://a.example/announce"},
		[]string{"https://b.example/announce?x"}, []string{"udp://c.example:9"})
	require.Equal(t, []string{"c.example"}, s.c.Names(nil))
	bodies := map[string][2]string{"a.example": {"", "no route"},
		"b.example": {"d8:intervali600e5:peers6:aaaapp10:tracker id2:xye", ""}}
	var urls []string
	s.web = func(s *stage, url string) (string, string) {
		urls = append(urls, url)
		b := bodies[strings.SplitN(url, "/", 4)[2]]
		return b[0], b[1]
	}
	s.start()
	require.Len(t, s.c.Peers(), 1)
	require.Contains(t, urls[1], "b.example/announce?x&info_hash=")
	require.Contains(t, urls[1], "&event=started")
	s.told("0 fetch a.example", "0 fetch b.example")
	s.until(601 * time.Second)
	require.Contains(t, urls[3], "&trackerid=xy")
	require.NotContains(t, urls[3], "event=")
	s.log = nil

	bodies["a.example"] = [2]string{"d14:failure reason4:gone8:retry in5:nevere", ""}
	bodies["b.example"] = [2]string{"d14:failure reason4:busy8:retry in2:10e", ""}
	s.c.Resolved("c.example", protocol.Addr4(10<<24|4, 1))
	s.answer = good
	s.until(1201 * time.Second)
	s.told("1200 fetch a.example", "1200 fetch b.example", "1200 connect 4",
		"1200 announce started 4")
	s.until(1801 * time.Second)
	s.told("1800 fetch b.example", "1800 connect 4", "1800 announce 4")
	s.web = nil // the owner never comes back with it
	s.until(2500 * time.Second)
	s.told("2460 connect 4", "2460 announce 4")

	s = newStage(t, []string{"http://a.example/announce"})
	s.web = func(*stage, string) (string, string) { return "<html>", "" }
	s.start()
	require.EqualValues(t, 1, s.c.Tally().Drops[NotBencode])
	require.Contains(t, s.c.Status().Problem, "not_bencode")
	require.Equal(t, "http://a.example/announce", s.c.Status().URL, "whose problem it is")
	require.EqualValues(t, 17*time.Second, s.due)
	s.do(func(t *protocol.Turn) protocol.Time { // long after it was given up
		return s.c.Fetched(t, 1, []byte("d5:peers6:aaaappe"), "", s.tot)
	})
	require.Empty(t, s.c.Peers())
}

func TestPacketsThatAreNotForTheClient(t *testing.T) {
	s := newStage(t, []string{udp1})
	s.start()
	at := protocol.Addr4(10<<24|1, 80)
	offer := func(from protocol.Addr, p []byte) (taken bool) {
		before := len(s.log)
		s.do(func(t *protocol.Turn) (due protocol.Time) {
			due, taken = s.c.Datagram(t, from, p, s.tot)
			return due
		})
		require.Len(t, s.log, before, "it answers")
		return taken
	}
	connected := AppendConnectReply(nil, s.c.tid, 5)
	require.False(t, offer(at.WithPort(81), connected), "another port")
	require.False(t, offer(protocol.Addr4(10<<24|2, 80), connected), "another host")
	require.False(t, offer(at, AppendConnectReply(nil, s.c.tid+1, 5)), "another question")
	require.True(t, offer(at, connected[:15]), "short")
	require.True(t, offer(at, connected[:7]), "short")
	require.True(t, offer(at, AppendAnnounceReply(nil, s.c.tid, &Reply{})), "not asked for yet")
	require.True(t, offer(at, AppendScrapeHeader(nil, s.c.tid)), "not asked for")
	require.Equal(t, Drops{Short: 2, BadAction: 2}, s.c.Tally().Drops)
	s.do(func(t *protocol.Turn) (due protocol.Time) {
		due, _ = s.c.Datagram(t, at, connected, s.tot)
		return due
	})
	reply := AppendAnnounceReply(nil, s.c.tid, &Reply{Peers: vectorPeers})
	require.True(t, offer(at, reply[:27]))
	require.True(t, offer(at, reply[:19]))
	require.False(t, offer(at, connected), "once more")
	require.True(t, offer(at, reply))
	require.Equal(t, vectorPeers, s.c.Peers())
	require.EqualValues(t, 30*time.Minute, s.due, "the default")
	require.False(t, offer(at, reply), "once more")
	require.Empty(t, s.c.Peers())
}

func TestClientConfigIsChecked(t *testing.T) {
	rand := protocol.NewRand(1, 1, 1)
	good := ClientConfig{Port: 1, IntervalMin: 1, Tiers: [][]string{{udp1}}}
	_, err := NewClient(good, &rand)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*ClientConfig){
		"no URL":      func(c *ClientConfig) { c.Tiers = [][]string{{"x"}, {}} },
		"port":        func(c *ClientConfig) { c.Port = 0 },
		"IntervalMin": func(c *ClientConfig) { c.IntervalMin = 0 },
	} {
		c := good
		spoil(&c)
		_, err := NewClient(c, &rand)
		require.ErrorContains(t, err, name)
	}
}
