"""What libtorrent makes of torrents, as JSON.

read FILE...          what each .torrent file says
link MAGNET...        what each magnet link says
make FOLDER NAME OUT  makes a torrent of FOLDER/NAME in each way into the folder OUT
"""
import json
import os
import sys

import libtorrent as lt


def read(name):
    t = lt.torrent_info(name)
    files = t.files()
    return {
        "valid": t.is_valid(),
        "infohash": str(t.info_hashes().v1),
        "name": t.name(),
        "total": t.total_size(),
        "piece_length": t.piece_length(),
        "pieces": [t.hash_for_piece(n).hex() for n in range(t.num_pieces())],
        "private": t.priv(),
        "comment": t.comment(),
        "trackers": [[a.url, a.tier] for a in t.trackers()],
        "nodes": [list(n) for n in t.nodes()],
        "web_seeds": [s["url"] for s in t.web_seeds()],
        "files": [
            {
                "path": files.file_path(n),
                "length": files.file_size(n),
                "offset": files.file_offset(n),
                "pad": bool(files.file_flags(n) & lt.file_storage.flag_pad_file),
                "executable": bool(files.file_flags(n) & lt.file_storage.flag_executable),
            }
            for n in range(files.num_files())
        ],
        "magnet": lt.make_magnet_uri(t),
    }


def link(uri):
    p = lt.parse_magnet_uri(uri)
    return {
        "infohash": str(p.info_hashes.v1),
        "name": p.name,
        "trackers": p.trackers,
        "web_seeds": p.url_seeds,
        "peers": ["%s:%d" % peer for peer in p.peers],
        "priorities": list(p.file_priorities),
    }


def make(folder, name, out):
    made = {}
    for kind, flags in [
        ("v1", lt.create_torrent.v1_only),
        ("padded", lt.create_torrent.v1_only | lt.create_torrent.canonical_files),
        ("v2", lt.create_torrent.v2_only),
        ("hybrid", 0),
    ]:
        storage = lt.file_storage()
        lt.add_files(storage, os.path.join(folder, name))
        t = lt.create_torrent(storage, 32768, flags)
        t.add_tracker("http://a.example/announce", 0)
        t.add_tracker("udp://b.example:80", 1)
        lt.set_piece_hashes(t, folder)
        made[kind] = os.path.join(out, kind + ".torrent")
        with open(made[kind], "wb") as f:
            f.write(lt.bencode(t.generate()))
    return made


command, arguments = sys.argv[1], sys.argv[2:]
if command == "make":
    print(json.dumps(make(*arguments)))
else:
    print(json.dumps([{"read": read, "link": link}[command](a) for a in arguments]))
