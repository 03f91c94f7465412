"""libtorrent sessions that form a DHT, told what to do in JSON, a line each way.

The argument is an object: addresses to listen at, and of nodes to bootstrap from. The first line of
output is {"ready": true}. Every line of input is {"id": N, "op": NAME, "node": INDEX, ...}; its
answer has the same id and the result, or "error". With the end of the input, the program ends.
"""

import hashlib
import json
import queue
import sys
import threading
import time

import libtorrent as lt

PATIENCE = 20.0  # seconds after which a search is answered with what there is


def settings(listen, bootstrap, read_only):
    return {
        "listen_interfaces": listen,
        "dht_bootstrap_nodes": ",".join(bootstrap),
        "enable_dht": True,
        "dht_read_only": read_only,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "allow_multiple_connections_per_ip": True,
        # Without this, one node per IP address and per /24.
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_prefer_verified_node_ids": False,
        "dht_enforce_node_id": False,
        "dht_ignore_dark_internet": False,
        "dht_block_ratelimit": 100000,
        "dht_upload_rate_limit": 10000000,
        "alert_mask": lt.alert.category_t.dht_notification
        | lt.alert.category_t.dht_operation_notification
        | lt.alert.category_t.connect_notification
        | lt.alert.category_t.peer_notification,
    }


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


def expanded(seed):
    """The secret key of Ed25519 in the form that libtorrent takes."""
    key = bytearray(hashlib.sha512(seed).digest())
    key[0] &= 248
    key[31] = key[31] & 63 | 64
    return bytes(key)


class Node:
    def __init__(self, listen, bootstrap, read_only):
        self.listen = listen
        self.session = lt.session(settings(listen, bootstrap, read_only))
        self.torrents = {}
        self.waiting = []  # searches: (kind, what, answer, deadline)
        self.visitors = set()

    def running(self):
        s = self.session
        return s.is_dht_running() and s.listen_port() == endpoint(self.listen)[1]

    def announce(self, key):
        if key not in self.torrents:
            p = lt.parse_magnet_uri("magnet:?xt=urn:btih:" + key)
            p.save_path = "/nonexistent"
            p.flags &= ~(lt.torrent_flags.paused | lt.torrent_flags.auto_managed)
            self.torrents[key] = self.session.add_torrent(p)
        self.torrents[key].force_dht_announce()

    def wait(self, kind, what, answer, patience=PATIENCE):
        self.waiting.append([kind, what, answer, time.monotonic() + patience, []])

    def resolve(self, kind, what, result):
        for w in [w for w in self.waiting if w[0] == kind and w[1] == what]:
            self.waiting.remove(w)
            w[2](**result)

    def poll(self):
        for a in self.session.pop_alerts():
            self.hear(a)
        for w in [w for w in self.waiting if time.monotonic() > w[3]]:
            self.waiting.remove(w)
            if w[0] == "find":
                w[2](peers=sorted(set(w[4])))
            else:
                w[2](error="no %s in time" % w[0])

    def hear(self, a):
        if isinstance(a, lt.dht_get_peers_reply_alert):
            for w in self.waiting:
                if w[:2] == ["find", str(a.info_hash)]:
                    w[4] += ["%s:%d" % p for p in a.peers()]
                    if a.peers():  # others may know more of them
                        w[3] = min(w[3], time.monotonic() + 0.5)
        elif isinstance(a, lt.dht_immutable_item_alert):
            if a.item["value"]:
                self.resolve("get", str(a.target), {"value": text(a.item["value"])})
        elif isinstance(a, lt.dht_mutable_item_alert):
            # A value that is not there comes as an alert without a signature.
            if a.authoritative and any(octets(a.signature)):
                what = (octets(a.key), octets(a.salt))
                self.resolve("get", what, {"value": text(a.item["value"]), "seq": a.seq})
        elif isinstance(a, lt.dht_put_alert):
            what = (octets(a.public_key), octets(a.salt))
            if not any(what[0]):
                what = str(a.target)
            self.resolve("put", what, {"target": str(a.target), "stored": a.num_success})
        elif isinstance(a, lt.dht_sample_infohashes_alert):
            self.resolve("sample", "%s:%d" % tuple(a.endpoint), {
                "num": a.num_infohashes, "samples": [str(s) for s in a.samples]})
        elif isinstance(a, lt.peer_connect_alert):
            self.visitors.add((str(a.handle.info_hash()), a.endpoint[0]))


def octets(x):
    if isinstance(x, str):
        return x.encode("latin-1", "surrogateescape")
    return bytes(x)


def text(x):
    return x.decode() if isinstance(x, bytes) else str(x)


def obey(nodes, c, answer):
    op, node = c["op"], nodes[c.get("node", 0)]
    s = node.session
    if op == "announce":
        node.announce(c["key"])
        answer()
    elif op == "find":
        node.wait("find", c["key"], answer, c.get("patience", PATIENCE))
        s.dht_get_peers(lt.sha1_hash(bytes.fromhex(c["key"])))
    elif op == "ping":
        s.add_dht_node(endpoint(c["addr"]))
        answer()
    elif op == "put" and "secret" in c:
        public, salt = bytes.fromhex(c["public"]), c.get("salt", "").encode()
        node.wait("put", (public, salt), answer)
        s.dht_put_mutable_item(expanded(bytes.fromhex(c["secret"])), public,
                               c["value"].encode(), salt)
    elif op == "put":
        node.wait("put", str(s.dht_put_immutable_item(c["value"].encode())), answer)
    elif op == "get" and "public" in c:
        public, salt = bytes.fromhex(c["public"]), c.get("salt", "").encode()
        node.wait("get", (public, salt), answer)
        s.dht_get_mutable_item(public, salt)
    elif op == "get":
        node.wait("get", c["target"], answer)
        s.dht_get_immutable_item(lt.sha1_hash(bytes.fromhex(c["target"])))
    elif op == "sample":
        node.wait("sample", c["addr"], answer)
        s.dht_sample_infohashes(endpoint(c["addr"]), lt.sha1_hash(bytes.fromhex(c["target"])))
    elif op == "visitors":
        answer(visits=sorted([n.listen, key, ip] for n in nodes for key, ip in n.visitors))
    else:
        answer(error="unknown op " + op)


def say(**event):
    print(json.dumps(event), flush=True)


def read(commands):
    for line in sys.stdin:
        commands.put(json.loads(line))
    commands.put(None)


def main():
    setup = json.loads(sys.argv[1])
    bootstrap = setup.get("bootstrap") or []
    nodes = [Node(a, bootstrap, setup.get("read_only", False)) for a in setup["listen"]]
    while not all(n.running() for n in nodes):
        time.sleep(0.01)
    for n in nodes:
        for a in bootstrap:
            n.session.add_dht_node(endpoint(a))
    say(ready=True)
    commands = queue.Queue()
    threading.Thread(target=read, args=(commands,), daemon=True).start()
    while True:
        try:
            c = commands.get(timeout=0.02)
        except queue.Empty:
            c = {}
        if c is None:
            return
        if c:
            def answer(n=c["id"], **result):
                say(id=n, **result)
            try:
                obey(nodes, c, answer)
            except Exception as e:
                answer(error=repr(e))
        for n in nodes:
            n.poll()


main()
