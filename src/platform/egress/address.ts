import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = readonly [Address, number];

/** What a connection is about to be opened to. */
export type Endpoint = {
  /** The name in the URL. */
  readonly host: string;
  /** One of the addresses behind it. */
  readonly address: string;
  readonly secure: boolean;
  readonly port: number;
};

/** Ports of public addresses that tenants' URLs may name; any other port there is somebody else's service. */
const PUBLIC_PORTS: ReadonlySet<number> = new Set([443, 8443]);

/** The same for mail: mailboxes (RFC 8314; 143 once TLS has been agreed on) and handing mail in. */
export const MAIL_PORTS: ReadonlySet<number> = new Set([143, 465, 587, 993]);

/** Addresses that answer with credentials of the machine or command it; no operator can mean to open them to tenants. */
const METADATA: readonly Block[] = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
].map(parseBlock);

/** The part of IPv6 that is handed out; whatever lies outside is nobody's public address, known range or not. */
const GLOBAL_IPV6 = parseBlock('2000::/3');

/** What an operator lets tenant URLs reach although it is not public: host names, addresses, CIDR blocks. */
export class EgressRules {
  readonly #hosts: ReadonlySet<string>;
  readonly #blocks: readonly Block[];

  constructor(allowed: readonly string[]) {
    this.#hosts = new Set(allowed.filter((entry) => !isAddressOrBlock(entry)).map(plainHost));
    this.#blocks = allowed.filter(isAddressOrBlock).map(parseBlock);
  }

  /**
   * Whether a connection may be opened: to whatever the operator lists, else only to public addresses over TLS on the usual
   * ports (privacy reference 4.7), those of the web unless others are given. Decided on parsed bytes, so that no other spelling of an address gets through; metadata
   * services never are allowed, however they are dressed.
   */
  allows({ host, address, secure, port }: Endpoint, ports = PUBLIC_PORTS): boolean {
    const parsed = parse(address);
    if (parsed === null) return false;
    if ([parsed, carriedIpv4(parsed)].some((one) => one !== null && isIn(METADATA, one))) return false;
    if (this.#hosts.has(plainHost(host)) || isIn(this.#blocks, parsed)) return true;
    return isPublic(parsed) && secure && ports.has(port);
  }
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || contains(GLOBAL_IPV6, address));
}

/** A host name in one spelling: lower case, without the dot of the root. */
function plainHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function isAddressOrBlock(entry: string): boolean {
  return ipaddr.isValid(entry) || ipaddr.isValidCIDR(entry);
}

function parseBlock(entry: string): Block {
  if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The address an operating system would connect to; an IPv4 address in IPv6 clothing becomes IPv4. */
function parse(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}

/** The IPv4 address that a translator or tunnel would make of an IPv6 address: NAT64 at its end, 6to4 after its prefix. */
function carriedIpv4(address: Address): ipaddr.IPv4 | null {
  if (!('parts' in address)) return null;
  const range = address.range();
  const at = range === 'rfc6052' || range === 'rfc6145' ? 6 : range === '6to4' ? 1 : null;
  if (at === null) return null;
  const pair = address.parts.slice(at, at + 2);
  return new ipaddr.IPv4(pair.flatMap((part) => [part >> 8, part & 0xff]));
}

function isIn(blocks: readonly Block[], address: Address): boolean {
  return blocks.some((block) => contains(block, address));
}

function contains([block, bits]: Block, address: Address): boolean {
  if (block.kind() !== address.kind()) return false;
  return address.match(block, bits);
}
