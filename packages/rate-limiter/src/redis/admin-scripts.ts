import { readClock } from './lua.ts';
import { SPARE_MS } from './rules.ts';
import { allRules } from './take-scripts.ts';
import type { RedisScript } from './script-runner.ts';

/**
 * Blocks a key in front of its state, which goes on behind it. Arguments: for how long, 0 to end
 * it; and how long the state may matter at most, for a key that somebody took its expiry from. Both
 * in microseconds.
 */
export const blockScript: RedisScript = {
  sha1: 'c3aa23938eafb6c2c9b22dbf209b39a9597dc336',
  source: `${readClock}
local value = redis.call('GET', KEYS[1]) or ''
local state = string.byte(value) == 98 and string.sub(value, 18) or value
local length, left = ARGV[1] + 0, redis.call('PTTL', KEYS[1])
if left < 1 and state ~= '' then left = math.ceil(ARGV[2] / 1000) + ${SPARE_MS} + 1 end
if length > 0 then
  local text = 'b' .. struct.pack('>dd', now + length, length) .. state
  redis.call('SET', KEYS[1], text, 'PX', math.max(left, math.ceil(length / 1000) + 1))
elseif state == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], state, 'PX', left)
end
return 1`,
};

/** Forgets a key. A script, so that all is called in one way and fails in one way. */
export const resetScript: RedisScript = {
  sha1: 'b0d697da25b13e49157b2c214a4033546aba2104',
  source: `return redis.call('DEL', KEYS[1])`,
};

/** Numbers that a charge hands to {@link refundScript} for each key. */
const NUMBERS_PER_REFUND = 9;

/**
 * Gives a charge back, once: the first key remembers that it was. The others are what was charged.
 *
 * Arguments: for how long to remember it, in milliseconds; then for each charged key the number of
 * its rule, what was charged, under which instant, for how long it mattered, and the numbers of the
 * policy. Each function is the `refund` of the core: what comes out is stored, or removed if the
 * key has rested.
 */
export const refundScript: RedisScript = {
  sha1: '99cfa15709c1a50713cccad979fb794d7d361d55',
  source: `${allRules}
local refunds = {
  function(now, due, rest, _, _, since, cost, _, costRest, limit)
    if cost < since or cost == since and costRest == 0 then return nil end
    rest = rest - costRest
    if rest < 0 then due, rest = due - 1, rest + limit end
    due = due - (cost - since)
    if due < now or due == now and rest == 0 then return '' end
    return struct.pack('>dd', due, rest)
  end,
  function(_, missing, progress, at, _, since, cost, _, limit, window)
    local whole, rest = regained(since, limit, window)
    if missing == 0 or whole >= cost then return nil end
    missing, progress = missing - cost + whole, progress - rest
    if progress < 0 then missing, progress = missing + 1, progress + window end
    return missing > 0 and struct.pack('>ddd', at, missing, progress) or ''
  end,
  function(_, start, used, _, chargedAt, _, cost, _, window)
    if used == 0 or chargedAt < start or chargedAt >= start + window then return nil end
    return used > cost and struct.pack('>dd', start, used - cost) or ''
  end,
  nil,
  function(_, start, current, previous, chargedAt, _, cost, _, window)
    local age = math.floor((chargedAt - start) / window)
    if current + previous == 0 then
      return nil
    elseif age == 0 then
      current = math.max(0, current - cost)
    elseif age == -1 then
      previous = math.max(0, previous - cost)
    else
      return nil
    end
    return current + previous > 0 and struct.pack('>ddd', start, current, previous) or ''
  end,
}
local function refundLog(value, now, chargedAt, cost, window)
  local count = (#value - 8) / 16
  local newest = entryOf(value, count)
  if newest - now > window then return nil end
  local index = firstNot(value, count, function(at) return at < chargedAt end)
  if index > count then return nil end
  local at, sum = entryOf(value, index)
  if at ~= chargedAt then return nil end
  local before = struct.unpack('>d', value)
  if index > 1 then
    local _, earlier = entryOf(value, index - 1)
    before = earlier
  end
  local cut = math.min(cost, sum - before)
  local kept = {string.sub(value, 1, 16 * index - 8)}
  for place = index, count do
    local instant, upTo = entryOf(value, place)
    if place > index or cut < sum - before then
      kept[#kept + 1] = struct.pack('>dd', instant, upTo - cut)
    end
  end
  return (#kept > 1 or index > 1) and table.concat(kept) or ''
end
local function refund(value, now, code, cost, chargedAt, horizon, a, b, c, d, e)
  local since = math.max(0, now - chargedAt)
  if since >= horizon then return nil end
  if code == 4 then return refundLog(value, now, chargedAt, cost, b) end
  local _, x, y, z
  if code == 1 then
    _, x, y, z = gcra(value, now, 0, 0, 0, 0, c, d, e)
  else
    _, x, y, z = rules[code](value, now, 0, 0, a, b, c, d, e)
  end
  return refunds[code](now, x, y, z, chargedAt, since, cost, a, b, c)
end
${readClock}
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then return 0 end
for index = 2, #KEYS do
  local numbers, block, text = {}, '', nil
  for place = 1, ${NUMBERS_PER_REFUND} do
    numbers[place] = tonumber(ARGV[(index - 2) * ${NUMBERS_PER_REFUND} + place + 1])
  end
  local value = redis.call('GET', KEYS[index]) or ''
  if string.byte(value) == 98 then
    block, value = string.sub(value, 1, 17), string.sub(value, 18)
  end
  if value ~= '' then text = refund(value, now, unpack(numbers)) end
  if text == '' and block == '' then
    redis.call('DEL', KEYS[index])
  elseif text then
    local left = math.max(1, redis.call('PTTL', KEYS[index]))
    redis.call('SET', KEYS[index], block .. text, 'PX', left)
  end
end
return 1`,
};
