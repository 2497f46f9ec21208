export { addressBytes, addressText, parseAddress } from "./address-text.ts";
