"""Make digits.bin from the copy of the digits that scikit-learn ships.

    pip install scikit-learn==1.9.1
    python make.py

The result is a zlib stream of 1,797 rows of 65 bytes: 64 gray levels from 0 to
16, row by row, then the label. A remake gives the same pixels; the compressed
bytes depend on the zlib that Python was built with.
"""

import gzip
import zlib
from pathlib import Path

import sklearn

source = Path(sklearn.__file__).parent / "datasets" / "data" / "digits.csv.gz"
rows = [
    [int(float(cell)) for cell in line.split(",")]
    for line in gzip.decompress(source.read_bytes()).decode().split()
]
assert len(rows) == 1797 and all(len(row) == 65 for row in rows)
assert all(0 <= pixel <= 16 for row in rows for pixel in row[:64])
assert all(0 <= row[64] <= 9 for row in rows)
packed = zlib.compress(b"".join(map(bytes, rows)), 9)
Path(__file__).with_name("digits.bin").write_bytes(packed)
print(f"{len(rows)} digits, {len(packed)} bytes")
