# root.py LEAF INDEX SIZE HASH... - the root that RFC 9162, 2.1.3.2, computes
from hashlib import sha256
from sys import argv

node, *path = [bytes.fromhex(word) for word in [argv[1], *argv[4:]]]
index, last = int(argv[2]), int(argv[3]) - 1
for other in path:
    if index & 1 or index == last:
        node = sha256(b"\1" + other + node).digest()
        while index and not index & 1:
            index, last = index >> 1, last >> 1
    else:
        node = sha256(b"\1" + node + other).digest()
    index, last = index >> 1, last >> 1
print(node.hex() if last == 0 else "the path does not fit the tree")
