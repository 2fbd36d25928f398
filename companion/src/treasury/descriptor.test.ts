import { describe, expect, it } from "vitest";
import {
  addressAt,
  deriveChild,
  descriptorChecksum,
  parseExtendedKey,
  parseWatchOnly,
} from "./descriptor.ts";

/** BIP 84, "Test vectors": account 0. */
const zpub =
  "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
/** BIP 32, test vectors 1 and 2: parent, index, child, all public. */
const derivations: readonly [name: string, parent: string, index: number, child: string][] = [
  [
    "m/0H/1",
    "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
    1,
    "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ",
  ],
  [
    "m/0H/1/2H/2",
    "xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5",
    2,
    "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
  ],
  [
    "m/0H/1/2H/2/1000000000",
    "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
    1_000_000_000,
    "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy",
  ],
  [
    "m/0 of the second vector",
    "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB",
    0,
    "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH",
  ],
];
const key = (text: string) => {
  const read = parseExtendedKey(text);
  if (read === null) throw new Error("no key");
  return read.key;
};
const describeKey = (body: string) => `${body}#${descriptorChecksum(body)}`;

describe("watch-only descriptors", () => {
  it.each(derivations)("derive %s as BIP 32 does", (_name, parent, index, child) => {
    expect(deriveChild(key(parent), index)).toEqual(key(child));
  });
  it("derive no hardened child from a public key", () => {
    expect(deriveChild(key(zpub), 0x80000000)).toBeNull();
  });
  it("give the receive addresses of BIP 84", () => {
    const read = parseWatchOnly(zpub, "mainnet");
    if (!read.ok) throw new Error(read.details);
    expect([0, 1].map((index) => addressAt(read.value, index, "mainnet"))).toEqual([
      "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
      "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g",
    ]);
  });
  it.each(["/0/*", "/<0;1>/*"])("are read with an origin and the branch %s", (branch) => {
    const text = describeKey(`wpkh([73c5da0a/84h/0'/0h]${zpub}${branch})`);
    const read = parseWatchOnly(text, "mainnet");
    expect(read.ok && addressAt(read.value, 0, "mainnet")).toBe(
      "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    );
  });
  it("carry the checksum of BIP 380", () => {
    expect(descriptorChecksum("raw(deadbeef)")).toBe("89f8spxm");
    expect(descriptorChecksum("raw(deedbeef)")).not.toBe("89f8spxm");
    expect(descriptorChecksum("raw(Ü)")).toBeNull();
  });
  it.each([
    ["no checksum", `wpkh(${zpub}/0/*)`],
    ["a wrong checksum", `wpkh(${zpub}/0/*)#89f8spxm`],
    ["two checksums", `${describeKey(`wpkh(${zpub}/0/*)`)}#89f8spxm`],
    ["another script", describeKey(`pkh(${zpub}/0/*)`)],
    ["no wildcard", describeKey(`wpkh(${zpub}/0/1)`)],
    ["a hardened wildcard", describeKey(`wpkh(${zpub}/0/*h)`)],
    ["a letter changed", zpub.replace("rFR7", "rFR8")],
    [
      "a private key",
      "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE",
    ],
    ["a bare xpub, which does not say its kind", derivations[0]?.[1] ?? ""],
    ["nothing", ""],
    ["ten kilobytes", "w".repeat(10_000)],
  ])("are refused with %s", (_name, text) => {
    expect(parseWatchOnly(text, "mainnet")).toMatchObject({ ok: false, code: "bad-address" });
  });
  it("are refused on another network", () => {
    expect(parseWatchOnly(zpub, "regtest")).toMatchObject({ ok: false, code: "wrong-network" });
  });
});
