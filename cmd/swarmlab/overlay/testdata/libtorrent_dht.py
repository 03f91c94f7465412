"""A few libtorrent sessions on 127.0.0.1 that form a DHT, for the interoperability test.

Arguments: the number of sessions, and HOST:PORT of nodes to bootstrap from. Standard output is JSON
objects, one a line. Standard input is commands, one a line; when it ends, so does the program:

    announce SESSION INFOHASH     announce the session's own port (again)
    find SESSION INFOHASH         look for peers until some are found, and print them
"""

import json
import queue
import sys
import threading
import time

import libtorrent as lt


def settings(bootstrap):
    return {
        "listen_interfaces": "127.0.0.1:0",
        "dht_bootstrap_nodes": ",".join(bootstrap),
        "enable_dht": True,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "allow_multiple_connections_per_ip": True,
        # Without this, one node per IP address.
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_prefer_verified_node_ids": False,
        "dht_enforce_node_id": False,
        "dht_ignore_dark_internet": False,
        # Every node here has the same address: no limit for each.
        "dht_block_ratelimit": 100000,
        "dht_upload_rate_limit": 10000000,
        "alert_mask": lt.alert.category_t.dht_notification
        | lt.alert.category_t.dht_operation_notification,
    }


def say(**event):
    print(json.dumps(event), flush=True)


def introduce(sessions, ports):
    """Has every session ping every other one; alone, they take half a minute to do so."""
    for session in sessions:
        for port in ports:
            if port != session.listen_port():
                session.add_dht_node(("127.0.0.1", port))


def add(session, infohash):
    p = lt.parse_magnet_uri("magnet:?xt=urn:btih:" + infohash)
    p.save_path = "/nonexistent"
    p.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
    return session.add_torrent(p)


def report(number, session, wanted):
    """Prints the first peers found, for each search."""
    for alert in session.pop_alerts():
        if not isinstance(alert, lt.dht_get_peers_reply_alert):
            continue
        search = (number, str(alert.info_hash))
        peers = ["%s:%d" % p for p in alert.peers()]
        if peers and search in wanted:
            wanted.remove(search)
            say(session=number, infohash=search[1], peers=peers)


def read(commands):
    for line in sys.stdin:
        commands.put(line.split())
    commands.put(["quit"])


def main():
    sessions = [lt.session(settings(sys.argv[2:])) for _ in range(int(sys.argv[1]))]
    while any(s.listen_port() == 0 or not s.is_dht_running() for s in sessions):
        time.sleep(0.01)
    ports = [s.listen_port() for s in sessions]
    introduce(sessions, ports)
    say(ports=ports)

    commands, wanted, torrents, asked = queue.Queue(), set(), {}, 0.0
    threading.Thread(target=read, args=(commands,), daemon=True).start()
    while True:
        try:
            command, *words = commands.get(timeout=0.05)
        except queue.Empty:
            command = ""
        if command == "quit":
            return
        if command == "announce":
            number, infohash = int(words[0]), words[1]
            if infohash not in torrents:
                torrents[infohash] = add(sessions[number], infohash)
            torrents[infohash].force_dht_announce()
        elif command == "find":
            wanted.add((int(words[0]), words[1]))
            asked = 0.0
        if time.monotonic() - asked > 1:
            asked = time.monotonic()
            introduce(sessions, ports)
            for number, infohash in sorted(wanted):
                sessions[number].dht_get_peers(lt.sha1_hash(bytes.fromhex(infohash)))
        for number, session in enumerate(sessions):
            report(number, session, wanted)


main()
