/**
 * The pieces that all scripts share.
 *
 * Two facts about Lua in Redis shape them. A number that goes into `redis.call` is written with all
 * its digits, but `tostring` and `..` keep fourteen of them, which turns microseconds since 1970
 * into a time a hundred seconds away: so numbers are passed, never joined into texts. And a number
 * never equals a text (`1 == '1'` is false, without an error): so all arguments become numbers where
 * they come in.
 */

/**
 * `now`, in microseconds since 1970 on the server's clock. One clock for all clients: with clocks of
 * their own, one that is an hour ahead would refill every limit for everybody.
 */
export const readClock = `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]`;
