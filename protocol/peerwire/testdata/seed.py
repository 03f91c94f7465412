"""A libtorrent session that seeds one file: its argument. It prints its port and the infohash in
hexadecimal, and ends when its input does."""

import os
import sys
import time

import libtorrent as lt

path = sys.argv[1]
files = lt.file_storage()
lt.add_files(files, path)
torrent = lt.create_torrent(files, 65536, lt.create_torrent.v1_only)
lt.set_piece_hashes(torrent, os.path.dirname(path))
info = lt.torrent_info(torrent.generate())
session = lt.session({
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
})
handle = session.add_torrent({"ti": info, "save_path": os.path.dirname(path)})
for _ in range(200):
    if handle.status().is_seeding and session.listen_port():
        break
    time.sleep(0.05)
print(session.listen_port(), info.info_hash(), flush=True)
sys.stdin.read()
