"""A libtorrent session that exchanges torrents, told what to do in JSON, a line each way.

The argument is an object: an address to listen at, and those of nodes of the DHT to enter by. The first
line of output is {"ready": true}. Every line of input is {"id": N, "op": NAME, ...}; its answer has
the same id and the result, or "error". With the end of the input, the program ends.
"""

import json
import sys
import time

import libtorrent as lt


def settings(setup):
    return {
        "listen_interfaces": setup["listen"][0],
        # All of a host are one peer to others, by whatever it dials.
        "outgoing_interfaces": setup["listen"][0].rsplit(":", 1)[0],
        "dht_bootstrap_nodes": ",".join(setup.get("bootstrap") or []),
        "enable_dht": bool(setup.get("bootstrap")),
        "enable_outgoing_utp": not setup.get("tcp_only"),
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "allow_multiple_connections_per_ip": True,
        "announce_to_all_trackers": True,
        "announce_to_all_tiers": True,
        "upload_rate_limit": setup.get("max_up", 0),
        # Without this, one node per IP address and per /24.
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_prefer_verified_node_ids": False,
        "dht_enforce_node_id": False,
        "dht_ignore_dark_internet": False,
        "alert_mask": lt.alert.category_t.error_notification
        | lt.alert.category_t.status_notification,
    }


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


class Client:
    def __init__(self, setup):
        self.session = lt.session(settings(setup))
        self.port = endpoint(setup["listen"][0])[1]
        self.torrents = {}
        self.entered = not setup.get("bootstrap")
        self.max_down = setup.get("max_down", 0)
        for a in setup.get("bootstrap") or []:
            self.session.add_dht_node(endpoint(a))

    def add(self, c):
        if c["source"].startswith("magnet:"):
            p = lt.parse_magnet_uri(c["source"])
        else:
            p = lt.add_torrent_params()
            p.ti = lt.torrent_info(c["source"])
        p.save_path = c["folder"]
        p.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
        t = self.session.add_torrent(p)
        if self.max_down:
            t.set_download_limit(self.max_down)  # that of a session spares peers nearby
        for a in c.get("peers") or []:
            t.connect_peer(endpoint(a))
        self.torrents[str(t.info_hash())] = t
        return {}

    def status(self, c):
        t = self.torrents[c["key"]]
        s = t.status()
        if not s.is_seeding and self.session.is_dht_running() and not s.num_peers:
            t.force_dht_announce()  # as it would do by itself within the quarter of an hour
        return {
            "complete": s.is_seeding,
            "down": s.total_payload_download,
            "up": s.total_payload_upload,
            "pieces": sum(s.pieces),
            "wasted": s.total_failed_bytes + s.total_redundant_bytes,
            "said": "%s %.2f peers=%d %s" % (s.state, s.progress, s.num_peers, [
                (str(p.ip), p.client, p.total_download, p.total_upload)
                for p in t.get_peer_info()]),
        }

    def wait(self, c):
        """Answers when it is complete, and tells the seconds since the first byte of payload."""
        t = self.torrents[c["key"]]
        s = t.status()
        while not s.is_seeding and not s.total_payload_download:
            time.sleep(0.002)
            s = t.status()
        first = time.monotonic()
        while not s.is_seeding:
            self.session.wait_for_alert(200)  # such as that it is finished
            self.session.pop_alerts()
            s = t.status()
        return dict(self.status(c), seconds=time.monotonic() - first)

    def announce(self, c):
        self.torrents[c["key"]].force_dht_announce()
        return {}

    def remove(self, c):
        self.session.remove_torrent(self.torrents.pop(c["key"]))
        return {}


def say(**event):
    print(json.dumps(event), flush=True)


def main():
    client = Client(json.loads(sys.argv[1]))
    while client.session.listen_port() != client.port:
        time.sleep(0.01)
    say(ready=True)
    operations = {"add": client.add, "status": client.status, "wait": client.wait,
                  "announce": client.announce, "remove": client.remove}
    for line in sys.stdin:
        c = json.loads(line)
        try:
            say(id=c["id"], **operations[c["op"]](c))
        except Exception as e:
            say(id=c["id"], error=repr(e))
        for a in client.session.pop_alerts():
            if a.category() & lt.alert.category_t.error_notification:
                print("libtorrent:", a.message(), file=sys.stderr)


main()
