/** The signature covers all inputs and all outputs: the only hash type that the wallet signs with. */
export const SIGHASH_ALL = 1;
