import type { StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { DataAddress } from "./data-address.ts";
import type { DataConnections } from "./data-connections.ts";
import type { DataMode, DataOffer, OfferOwner } from "./data-offer.ts";

/** What the two sides of a session have agreed upon for the next data connection. */
export class DataAgreement {
  readonly #connection: StreamConnection;
  readonly #data: DataConnections;
  readonly #owner: OfferOwner;
  #offer: DataOffer | null = null;
  /** A transfer goes by it already. */
  #isTaken = false;

  constructor(connection: StreamConnection, data: DataConnections, owner: OfferOwner) {
    this.#connection = connection;
    this.#data = data;
    this.#owner = owner;
  }

  /** One side has said where it listens. */
  agree(mode: DataMode, { address, port }: DataAddress): void {
    const { client, server } = this.#connection;
    const isPassive = mode === "PASV" || mode === "EPSV";
    const [near, far] = isPassive ? [server, client] : [client, server];
    const listeners = address === null || same(address, near.address) ? [near.address] : [address, near.address];
    this.#use({
      mode,
      listeners,
      port,
      peer: far.address,
      peerPort: null,
      control: { listenerPort: near.port, peerPort: far.port },
      isPassive,
      tapGroup: this.#connection.tapGroup,
      isInner: this.#connection.isInner,
      owner: this.#owner,
      connection: null,
      isLookedUpInVain: false,
    });
  }

  /** What was agreed by this command is void: it was refused. */
  refuse(mode: DataMode): void {
    if (this.#offer?.mode === mode && !this.#isTaken) this.withdraw();
  }

  /** Forgets what was agreed, unless a transfer goes by it. */
  withdraw(): void {
    if (this.#offer !== null && !this.#isTaken) this.#data.remove(this.#offer);
    this.#offer = null;
    this.#isTaken = false;
  }

  /** Whether something was agreed that no transfer goes by yet. */
  get isFresh(): boolean {
    return this.#offer !== null && !this.#isTaken;
  }

  /** What the next transfer goes by; null: it was agreed before the session was seen. */
  take(): DataOffer | null {
    if (this.#offer === null) {
      if (!this.#connection.isWhole) return null;
      this.#useDefault();
    } else if (this.#isTaken) {
      // The same ports once more.
      this.#use({ ...this.#offer, connection: null });
    }
    this.#isTaken = true;
    return this.#offer;
  }

  /** The ports of RFC 959 section 3.3, where nothing else was agreed: the server opens the connection, from port L-1. */
  #useDefault(): void {
    const { client, server, tapGroup, isInner } = this.#connection;
    this.#use({
      mode: null,
      listeners: [client.address],
      port: client.port,
      peer: server.address,
      peerPort: server.port - 1,
      control: { listenerPort: client.port, peerPort: server.port },
      isPassive: false,
      tapGroup,
      isInner,
      owner: this.#owner,
      connection: null,
      isLookedUpInVain: false,
    });
  }

  #use(offer: DataOffer): void {
    this.withdraw();
    this.#offer = offer;
    this.#data.add(offer);
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
