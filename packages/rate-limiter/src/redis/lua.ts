/**
 * The pieces that all scripts share.
 *
 * Two facts about Lua in Redis shape them. A number that goes into `redis.call` is written with all
 * its digits, but `tostring` and `..` keep fourteen of them, which turns microseconds since 1970
 * into a time a hundred seconds away: so numbers are passed, never joined into texts. And a number
 * never equals a text (`1 == '1'` is false, without an error): so arguments become numbers where
 * they come in.
 */

/**
 * `now`, in microseconds since 1970 on the server's clock. One clock for all clients: with clocks
 * of their own, one that is an hour ahead would refill every limit for everybody.
 */
export const readClock = `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]`;

/**
 * Splits what is stored for a blocked key, the letter b, the block's end and length, and the state,
 * into the state and the end, if that is still to come. An end that is further ahead than the block
 * was long was set by another clock, and is moved to this one.
 */
export const unblocked = `local function unblocked(value, now, key)
  local ends, length = struct.unpack('>dd', value, 2)
  local state = #value > 17 and string.sub(value, 18)
  if ends - now > length then
    ends = now + length
    local moved = 'b' .. struct.pack('>dd', ends, length) .. (state or '')
    redis.call('SET', key, moved, 'PX', math.max(1, redis.call('PTTL', key)))
  end
  return state, ends > now and ends or nil
end`;
