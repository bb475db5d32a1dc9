/** Numbers that bound what the wallet keeps, reads and builds. */

// Keys

/** BIP44 gap limit: keys watched beyond the last one given out, so that a restored older key file finds its coins. */
export const KEY_LOOKAHEAD = 20;
/** Keys whose indexes are written to the key file in one go; less than the lookahead, so a crash loses sight of none. */
export const KEY_RESERVE_STEP = 10;
/** Most keys that one branch gives out. */
export const MAX_KEY_INDEX = 1_000_000;
/** Nonces tried for a signature with a short r; each has an even chance, so this is never reached. */
export const MAX_SIGNATURE_ATTEMPTS = 256;

// Payments

/** Satoshis a virtual byte when the payer names no rate. */
export const DEFAULT_FEE_RATE = 2;
/** Satoshis a virtual byte below which nodes do not relay (Bitcoin Core's long-standing `minrelaytxfee`). */
export const MIN_FEE_RATE = 1;
/** Satoshis a virtual byte above which a rate is taken for a slip of the hand. */
export const MAX_FEE_RATE = 1_000;
/** Most satoshis that one payment may give to miners (Bitcoin Core `-maxtxfee`). */
export const MAX_PAYMENT_FEE = 10_000_000n;
/** Satoshis a virtual byte that a replacement pays on top of what it replaces (Bitcoin Core `incrementalrelayfee`). */
export const REPLACEMENT_FEE_RATE = 1;
/** Satoshis a virtual byte at which an output must be worth spending (Bitcoin Core `dustrelayfee`). */
export const DUST_FEE_RATE = 3;
/** Bitcoin Core `MAX_STANDARD_TX_WEIGHT`: heavier transactions are not relayed. */
export const MAX_PAYMENT_WEIGHT = 400_000;
/** Branches that the search for a payment without change looks at. */
export const MAX_SELECTION_TRIES = 20_000;
/** Unconfirmed own transactions a payment may stand on, itself left out (Bitcoin Core `-limitancestorcount` is 25). */
export const MAX_UNCONFIRMED_ANCESTORS = 24;

// Listing

/** Transactions in the history; the ones seen first are dropped first. Coins are never dropped. */
export const MAX_HISTORY_ENTRIES = 10_000;

// Key file

/** A key file is some hundred bytes; nothing longer is read. */
export const MAX_KEY_FILE_BYTES = 65_536;
/** scrypt cost for passphrases typed by people: 2^17 with r = 8 takes 128 MiB and a quarter of a second. */
export const PASSPHRASE_SCRYPT_LOG2_N = 17;
/** scrypt cost for random secrets, which nobody can guess anyway. */
export const RANDOM_SECRET_SCRYPT_LOG2_N = 12;
/** Shortest text accepted as a random secret: 128 bits in hexadecimal. */
export const MIN_RANDOM_SECRET_CHARACTERS = 32;
/** Longest passphrase or secret. */
export const MAX_SECRET_CHARACTERS = 1_024;
/** Costs accepted from the header of a key file, which nobody has authenticated yet. */
export const MIN_SCRYPT_LOG2_N = 10;
export const MAX_SCRYPT_LOG2_N = 18;
export const MAX_SCRYPT_BLOCK_SIZE = 16;
export const MAX_SCRYPT_PARALLELISM = 4;
export const MAX_SCRYPT_MEMORY_BYTES = 268_435_456;
