// The part of xentlib's models and stream coder that a browser needs: n-grams of bytes with Witten-Bell counts, and
// one lane of rANS. It computes the same whole numbers, so that each reads the other's files: see xentlib/models.py
// and xentlib/codes/stream.py for what they mean and why.

const PRECISION = 28;
const M = 2 ** PRECISION;
const K = 256;
const LOW = 1n << 32n; // a state has 33 to 64 bits
const WORD = 0xffffffffn;
const HEADER = 6;
export const LONGEST = 200_000; // bytes; what is damaged may decode for ever
const FEWEST = 32; // lanes, where there is more than one; each is there for 8 / 0.0009 bytes of a file
const MOST = 2048;

// How often each byte followed one context.
class Level {
  constructor() {
    this.n = 0;
    this.symbols = [];
    this.counts = [];
  }

  learn(symbol, times = 1) {
    let at = 0;
    while (at < this.symbols.length && this.symbols[at] < symbol) at++;
    if (this.symbols[at] === symbol) this.counts[at] += times;
    else {
      this.symbols.splice(at, 0, symbol);
      this.counts.splice(at, 0, times);
    }
    this.n += times;
  }

  // How many of the bytes that followed are smaller.
  below(symbol) {
    let total = 0;
    for (let at = 0; at < this.symbols.length && this.symbols[at] < symbol; at++) total += this.counts[at];
    return total;
  }
}

const count = (table, context, symbol, times) => {
  if (!table.has(context)) table.set(context, new Level());
  table.get(context).learn(symbol, times);
};

// A codebook on its way through a text: it prices or finds the next byte, then takes note of it.
class Reader {
  constructor(order, tables, learns) {
    this.order = order;
    this.tables = tables;
    this.learns = learns;
    this.context = this.known = 0;
  }

  shares() {
    let left = M - K;
    const shares = [];
    for (let order = this.known; order >= 0; order--) {
      const level = this.tables[order]?.get(this.context % K ** order);
      if (!level) continue;
      const share = Math.floor((left * level.n) / (level.n + level.symbols.length));
      left -= share;
      shares.push([share, level]);
    }
    return [shares, left + K];
  }

  below([shares, uniform], symbol) {
    let total = Math.floor((uniform * symbol) / K);
    for (const [share, level] of shares) total += Math.floor((share * level.below(symbol)) / level.n);
    return total;
  }

  span(symbol) {
    const shares = this.shares();
    const start = this.below(shares, symbol);
    return [start, this.below(shares, symbol + 1) - start];
  }

  // The byte whose interval holds the slot.
  find(slot) {
    const shares = this.shares();
    let [low, high] = [0, K];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.below(shares, middle) <= slot) low = middle;
      else high = middle;
    }
    const start = this.below(shares, low);
    return [low, start, this.below(shares, low + 1) - start];
  }

  pass(symbol) {
    if (this.learns)
      for (let order = 0; order <= this.known; order++)
        count(this.tables[order], this.context % K ** order, symbol, 1);
    this.context = (this.context * K + symbol) % K ** this.order;
    this.known = Math.min(this.known + 1, this.order);
  }
}

// Codebooks: each begins to read anew. `tables` are the counts of all orders from 0.
export const uniform = () => new Reader(0, [], false);
export const fitted = (order, tables) => new Reader(order, tables, false);
export const learner = (order) =>
  new Reader(order, Array.from({ length: order + 1 }, () => new Map()), true);

// The tables of orders 0 to 3, from how often each four bytes stood in a text and its last three: see
// xentlib/widgets/price_your_text.py for how they are packed.
export const unpack = (bytes) => {
  let at = 3;
  const number = () => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  const tables = Array.from({ length: 4 }, () => new Map());
  const add = (gram, times) => count(tables[gram.length - 1], gram.slice(0, -1).reduce((key, s) => key * K + s, 0), gram.at(-1), times);
  for (let key = 0; at < bytes.length; ) {
    key += number();
    const times = number();
    const gram = [24, 16, 8, 0].map((shift) => (key >>> shift) & 255);
    for (let length = 1; length <= 4; length++) add(gram.slice(0, length), times);
  }
  const tail = [...bytes.slice(0, 3)];
  for (let from = 0; from < 3; from++) for (let to = from + 1; to <= 3; to++) add(tail.slice(from, to), 1);
  return tables;
};

// What each byte costs, in bits.
export const costs = (reader, bytes) =>
  Float64Array.from(bytes, (symbol) => {
    const [, length] = reader.span(symbol);
    reader.pass(symbol);
    return PRECISION - Math.log2(length);
  });

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});
// The CRC-32 of symbols as words of four bytes, one symbol further.
const follow = (crc, symbol) => {
  for (const byte of [symbol, 0, 0, 0]) crc = (crc >>> 8) ^ CRC[(crc ^ byte) & 255];
  return crc >>> 0;
};
const START = 0xffffffff;

export const encode = (reader, bytes) => {
  const spans = Array.from(bytes, (symbol) => {
    const span = reader.span(symbol);
    reader.pass(symbol);
    return span;
  });
  let x = LOW;
  const words = [];
  for (const [start, length] of spans.reverse()) {
    const f = BigInt(length);
    if (x >> 36n >= f) {
      words.push(Number(x & WORD));
      x >>= 32n;
    }
    x = ((x / f) << 28n) + (x % f) + BigInt(start);
  }
  const file = new DataView(new ArrayBuffer(HEADER + 8 + 4 * words.length));
  file.setUint16(0, 1, true);
  file.setUint32(2, (bytes.reduce(follow, START) ^ START) >>> 0, true);
  file.setBigUint64(HEADER, x, true);
  words.reverse().forEach((word, k) => file.setUint32(HEADER + 8 + 4 * k, word, true));
  return new Uint8Array(file.buffer);
};

const TOO_LONG = `this figure takes ${LONGEST.toLocaleString("en-US")}. Python takes more, with stream_decode.`;

// The bytes that a file holds, or an error that says why it cannot be read. `readers` are the codebooks that it may
// have been written with; the checksum tells which, and where the message ends.
export const decode = (readers, data) => {
  const file = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = data.byteLength - HEADER - 8;
  if (size < 0) throw new Error(`It has ${data.byteLength} bytes, and the shortest file has ${HEADER + 8}.`);
  const lanes = file.getUint16(0, true);
  if (lanes === 0)
    throw new Error("It begins like a file of blocks of symbols, which xentlib writes with one pmf of few bits, and with none of these codebooks.");
  if (lanes >= FEWEST && lanes <= MOST)
    throw new Error(`It begins like a file of ${lanes} lanes, which has more than 284,000 bytes: ${TOO_LONG}`);
  if (lanes !== 1) throw new Error("It does not begin like a file that xentlib writes.");
  if (size % 4) throw new Error("Its length does not fit: it was cut, or something was added.");
  const checksum = file.getUint32(2, true);
  let isLong = false;
  for (const reader of readers) {
    const found = [];
    let x = file.getBigUint64(HEADER, true);
    if (x < LOW) throw new Error("It is damaged: its state is smaller than any that the coder leaves.");
    let crc = START;
    let at = 0;
    for (;;) {
      if (x === LOW && at === size && (crc ^ START) >>> 0 === checksum) return { reader, bytes: Uint8Array.from(found) };
      const slot = Number(x & BigInt(M - 1));
      const [symbol, start, length] = reader.find(slot);
      x = BigInt(length) * (x >> 28n) + BigInt(slot - start);
      if (x < LOW) {
        if (at === size) break;
        x = (x << 32n) | BigInt(file.getUint32(HEADER + 8 + at, true));
        at += 4;
      }
      reader.pass(symbol);
      found.push(symbol);
      crc = follow(crc, symbol);
      if (found.length > LONGEST) {
        isLong = true;
        break;
      }
    }
  }
  const faults = "damaged or cut short, or was written with another codebook";
  throw new Error(isLong ? `It is ${faults}, or it holds too many bytes: ${TOO_LONG}` : `It is ${faults}: none of these reads it to its checksum.`);
};
