/** Numbers that bound what the store holds and reads at a time. */

/** A caller that goes on committing should wait (`ChainStore.commit`'s promise) once this much is not yet on disk. */
export const COMFORTABLE_BYTES_IN_FLIGHT = 32_000_000;
/** The same in batches. */
export const COMFORTABLE_BATCHES_IN_FLIGHT = 256;
/** A caller that never waits is stopped here: the overlay in memory would grow without end. */
export const MAX_BYTES_IN_FLIGHT = 512_000_000;
/** The same in batches. */
export const MAX_BATCHES_IN_FLIGHT = 20_000;
/** Records that a scan fetches from LevelDB at once. */
export const SCAN_CHUNK_RECORDS = 1_000;
/** Tables are held against their checksums before they are used, unless they are more than this in all. */
export const MAX_TABLE_BYTES_CHECKED = 1_000_000_000;
/** An index of blocks inside a table; tables are some megabytes. */
export const MAX_INDEX_BLOCK_BYTES = 16_000_000;
/** LevelDB's cache of uncompressed blocks. */
export const LEVEL_CACHE_BYTES = 16_000_000;
/** LevelDB gathers this much in memory before it writes a sorted table. */
export const LEVEL_WRITE_BUFFER_BYTES = 8_000_000;
/** Length of a network's name in the metadata record. */
export const MAX_NETWORK_NAME_BYTES = 64;
/** Attempts to take over a lock file whose owner died, while other processes try the same. */
export const MAX_LOCK_ATTEMPTS = 3;
/** Memory for decoded coins when nobody says otherwise. */
export const DEFAULT_COIN_CACHE_BYTES = 64_000_000;
/** Least and most that can be asked for. */
export const MIN_COIN_CACHE_BYTES = 1_000_000;
export const MAX_COIN_CACHE_BYTES = 1_024_000_000;
/** A cached coin without its script, as measured in V8: key, map slots, objects, amount. */
export const COIN_CACHE_ENTRY_BYTES = 450;
/** Coins that go to the disk at once are one atomic batch up to this size, else several (Bitcoin Core's nDefaultDbBatchSize). */
export const MAX_FLUSH_BATCH_BYTES = 16_777_216;
/** Coins are stored when so many blocks were connected since the last time ... */
export const FLUSH_AFTER_BLOCKS = 500;
/** ... or a block is connected so long after it ... */
export const FLUSH_AFTER_MS = 600_000;
/** ... or so many coins changed, which bounds the time that the next start takes after a sudden end. */
export const MAX_REPLAYED_CHANGES = 1_000_000;
/** Coins that a prefetch asks LevelDB for at once. */
export const PREFETCH_CHUNK_COINS = 2_000;
