/**
 * A Python program that sends bytes, given in hexadecimal, in a frame out of an interface: `INTERFACE BYTES`. tcpdump leaves
 * out what it has not read when it is told to end, but it reads in order; so what was sent before is in its file once
 * this frame is. The protocol is one for experiments (IEEE Std 802), which nobody answers.
 */
export const MARK_FRAME = `
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
wire.send(b"\\xff" * 6 + b"\\x02" + b"\\x00" * 5 + b"\\x88\\xb5" + bytes.fromhex(sys.argv[2]).ljust(46, b"\\x00"))
`;
