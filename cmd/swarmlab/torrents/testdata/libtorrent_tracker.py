# Seeds a torrent and, with "both", downloads it too, on 127.0.0.1, with nothing but trackers to find
# peers by: libtorrent_tracker.py both|seed FOLDER URL...
# Prints a line of JSON when the torrent file is there and seeded; with "both" another one when the
# download is complete and scraped. Then it waits for the end of its input, and leaves.
import json, os, sys, time
import libtorrent as lt

mode, folder, urls = sys.argv[1], sys.argv[2], sys.argv[3:]
SETTINGS = {
    'listen_interfaces': '127.0.0.1:0', 'enable_dht': False, 'enable_lsd': False,
    'enable_upnp': False, 'enable_natpmp': False, 'allow_multiple_connections_per_ip': True,
    'ssrf_mitigation': False, # it would forbid scrapes on loopback
    'announce_to_all_trackers': True, 'announce_to_all_tiers': True,
    'alert_mask': lt.alert.category_t.tracker_notification | lt.alert.category_t.error_notification,
}
SIZE = 600_000

def say(**what):
    print(json.dumps(what), flush=True)

def until(what, test):
    end = time.time() + 40
    while not test():
        if time.time() > end:
            sys.exit('not in time: ' + what)
        time.sleep(0.02)

def alerts(session, kind):
    return [a for a in session.pop_alerts() if isinstance(a, kind)]

there, here = os.path.join(folder, 'seed'), os.path.join(folder, 'copy')
os.makedirs(there)
os.makedirs(here)
with open(os.path.join(there, 'data.bin'), 'wb') as f:
    f.write(os.urandom(SIZE))
files = lt.file_storage()
lt.add_files(files, os.path.join(there, 'data.bin'))
made = lt.create_torrent(files, 16384, lt.create_torrent.v1_only)
for url in urls:
    made.add_tracker(url)
lt.set_piece_hashes(made, there)
packed = lt.bencode(made.generate())
with open(os.path.join(folder, 'data.torrent'), 'wb') as f:
    f.write(packed)
info = lt.torrent_info(lt.bdecode(packed))

seeder = lt.session(SETTINGS)
seed = seeder.add_torrent({'ti': info, 'save_path': there})
until('seeding', lambda: seed.status().is_seeding)
until('the seed is announced', lambda: alerts(seeder, lt.tracker_reply_alert))
say(infohash=str(info.info_hash()), port=seeder.listen_port(), size=SIZE)
if mode == 'both':
    leecher = lt.session(SETTINGS)
    copy = leecher.add_torrent({'ti': info, 'save_path': here})
    until('download', lambda: copy.status().is_seeding)
    same = open(os.path.join(there, 'data.bin'), 'rb').read() == \
        open(os.path.join(here, 'data.bin'), 'rb').read()
    time.sleep(1) # for the announce of completion
    copy.scrape_tracker()
    scraped = []
    until('scrape', lambda: scraped.extend(alerts(leecher, lt.scrape_reply_alert)) or scraped)
    st = copy.status()
    say(same=same, complete=scraped[0].complete, incomplete=scraped[0].incomplete,
        download=st.total_payload_download, upload=seed.status().total_payload_upload)
sys.stdin.read()
seeder.remove_torrent(seed)
if mode == 'both':
    leecher.remove_torrent(copy)
time.sleep(1.5) # for the announces of the end
