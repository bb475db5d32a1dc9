/** Confirmations that a merchant waits for when the file does not say: the custom since Bitcoin's first client. */
export const USUAL_CONFIRMATIONS = 6;
/** Blocks behind at which an attacker of less than half the hash power has lost all but a hopeless race. */
export const GIVE_UP_BEHIND_BLOCKS = 20;
/** Blocks that an attacker goes on after publishing a branch that is ahead and not followed: a defence refuses it. */
export const PERSIST_BLOCKS = 10;
