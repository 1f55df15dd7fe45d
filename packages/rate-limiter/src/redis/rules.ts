/**
 * The five ways to count as Lua, each step for step what its core in `../algorithms` does, with the
 * same numbers: `advance`, then `waitUs` is 0 or not, then `charge`. How long to wait and how much
 * remains follows from the numbers alone, so scripts return those and the core finds the rest.
 *
 * A rule is a function of what is stored (a text, or nothing), the time in microseconds, what has
 * to be free, what is charged, and numbers of the policy. It returns
 *
 *     isAdmitted, x, y, z, text, ttl
 *
 * x, y and z are the numbers of the state, before the charge if it is denied; `text` is what to
 * store for the next `ttl` microseconds, if anything. A denial stores nothing, with one exception:
 * a state that another clock wrote, further ahead than steps back reach, is moved to this clock.
 * Left alone, it would be moved again and again, and the key locked for as long as that clock was
 * ahead.
 *
 * Packed numbers are big-endian, so that their first byte tells them from digits and from a block.
 */

/** `factor * value / divisor` and its rest, exactly: see `../algorithms/divide-product.ts`. */
export const divide = `local function divide(factor, value, divisor)
  local product = factor * value
  if product <= 9007199254740991 then
    local whole = math.floor(product / divisor)
    return whole, product - whole * divisor
  end
  local whole, rest = 0, 0
  for shift = 28, 0, -7 do
    local part = rest * 128 + math.floor(factor / 2 ^ shift) % 128 * value
    local step = math.floor(part / divisor)
    whole, rest = whole * 128 + step, part - step * divisor
  end
  return whole, rest
end`;

/** How much longer than it matters the state of GCRA is kept, in milliseconds. */
export const SPARE_MS = 10_000;

/**
 * x: the theoretical arrival time, y: its rest, in parts of `limit`. Stored is the time, as digits,
 * where there is no rest. Costs come as durations, in microseconds and rests. It is kept for
 * `SPARE_MS` longer than it matters, so that `wholeGcra` need not set an expiry each time.
 */
export const gcraRule = `local function gcra(
  value, now, need, cost, needRest, costRest, limit, tolerance, toleranceRest
)
  local due, rest, isRebased = 0, 0, false
  if value then
    due = tonumber(value)
    if not due then due, rest = struct.unpack('>dd', value) end
  end
  if due < now then
    due, rest = now, 0
  elseif due - now > 2 * (toleranceRest > 0 and tolerance + 1 or tolerance) then
    due, rest, isRebased = now + tolerance, toleranceRest, true
  elseif rest >= limit then
    due, rest = due + 1, 0
  end
  local over = rest + needRest - toleranceRest
  local wait = due + need - tolerance - now + (over > limit and 2 or over > 0 and 1 or 0)
  local isAdmitted = wait <= 0 or need + needRest == 0
  if isAdmitted then
    due, rest = due + cost, rest + costRest
    if rest >= limit then due, rest = due + 1, rest - limit end
  end
  if not isRebased and (not isAdmitted or cost + costRest == 0) then
    return isAdmitted, due, rest, 0
  end
  local text = rest == 0 and due or struct.pack('>dd', due, rest)
  return isAdmitted, due, rest, 0, text, due - now + 10000000
end`;

/** x: tokens missing, y: how far the next has come, in parts of the window, z: as of when. */
export const bucketRule = `local function regained(elapsed, limit, window)
  local windows = math.floor(elapsed / window)
  local whole, rest = divide(limit, elapsed - windows * window, window)
  return windows * limit + whole, rest
end
local function bucket(value, now, need, cost, burst, limit, window, horizon)
  local missing, progress, at, isRebased = 0, 0, 0, false
  if value then
    at, missing, progress = struct.unpack('>ddd', value)
    if missing > burst then missing = burst end
    if progress >= window then progress = 0 end
    local elapsed = now - at
    if elapsed <= 0 then
      if -elapsed > horizon then at, isRebased = now, true end
    elseif elapsed >= horizon then
      missing, progress, at = 0, 0, now
    else
      local whole, rest = regained(elapsed, limit, window)
      at, progress, missing = now, progress + rest, missing - whole
      if progress >= window then progress, missing = progress - window, missing - 1 end
      if missing <= 0 then missing, progress = 0, 0 end
    end
  end
  local isAdmitted = need == 0 or need + missing <= burst
  if isAdmitted then
    if missing == 0 then at = now end
    missing = missing + cost
  end
  if not isRebased and (not isAdmitted or cost == 0) then
    return isAdmitted, missing, progress, at
  end
  local whole, rest = divide(missing, window, limit)
  local rested = at + whole + math.ceil((rest - progress) / limit)
  local text = struct.pack('>ddd', at, missing, progress)
  return isAdmitted, missing, progress, at, text, rested - now
end`;

/** x: when the window began, y: what was used in it. `phase`: -1 for windows that a key begins. */
export const fixedRule = `local function startOf(instant, phase, window)
  return instant - (instant - phase) % window
end
local function fixed(value, now, need, cost, limit, window, phase)
  local start, used, isRebased = 0, 0, false
  if value then
    start, used = struct.unpack('>dd', value)
    if now >= start + window then
      used = 0
    elseif start - now > window then
      isRebased = true
      start = phase < 0 and now or startOf(now + window - 1, phase, window)
    end
  end
  local isAdmitted = need == 0 or used + need <= limit
  if isAdmitted then
    if used == 0 then start = phase < 0 and now or startOf(now, phase, window) end
    used = used + cost
  end
  if not isRebased and (not isAdmitted or cost == 0) then return isAdmitted, start, used, 0 end
  return isAdmitted, start, used, 0, struct.pack('>dd', start, used), start + window - now
end`;

/** x: when the current window began, y: its count, z: the count of the one before. */
export const counterRule = `local function counter(value, now, need, cost, limit, window)
  local start, current, previous, isRebased = now - now % window, 0, 0, false
  if value then
    local stored, count, before = struct.unpack('>ddd', value)
    local elapsed = now - stored
    if elapsed < -2 * window then
      start, current, previous, isRebased = now + (-now) % window, count, before, true
    elseif elapsed < window then
      start, current, previous = stored, count, before
    elseif elapsed < 2 * window then
      start, previous = stored + window, count
    end
  end
  local held = 0
  if previous > 0 then
    local whole, rest = divide(previous, window - math.max(0, now - start), window)
    held = rest > 0 and whole + 1 or whole
  end
  local isAdmitted = need == 0 or current + need + held <= limit
  if isAdmitted then current = current + cost end
  if not isRebased and (not isAdmitted or cost == 0) then
    return isAdmitted, start, current, previous
  end
  local rested = start + (current > 0 and 2 or 1) * window
  local text = struct.pack('>ddd', start, current, previous)
  return isAdmitted, start, current, previous, text, rested - now
end`;

/**
 * x: what was charged in the window, y: when last, z: the wait, if it is denied.
 *
 * Stored are instants, each with the sum of all costs up to it; in front stands the sum before the
 * first. So what any stretch costs is a difference, and both questions, what has left the window
 * and when enough of it will have, are binary searches. Sums begin anew when the log was empty.
 */
export const logRule = `local function entryOf(log, index)
  return struct.unpack('>dd', log, 16 * index - 7)
end
local function firstNot(log, count, isBehind)
  local low, high = 1, count + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if isBehind(entryOf(log, middle)) then low = middle + 1 else high = middle end
  end
  return low
end
local function log(value, now, need, cost, limit, window)
  local count, newest, sum, first, base, isRebased = 0, 0, 0, 1, 0, false
  if value then
    count, base = (#value - 8) / 16, struct.unpack('>d', value)
    newest, sum = entryOf(value, count)
    if newest - now > window then
      value, count, newest, isRebased = struct.pack('>ddd', 0, now, sum - base), 1, now, true
      sum, base = sum - base, 0
    end
    first = firstNot(value, count, function(at) return at <= now - window end)
    if first > count then
      count, newest, sum, first, base = 0, 0, 0, 1, 0
    elseif first > 1 then
      local _, before = entryOf(value, first - 1)
      base = before
    end
  end
  local total = sum - base
  if need > 0 and total + need > limit then
    local wait = 0
    if need <= limit then
      local target = sum + need - limit
      local enough = firstNot(value, count, function(_, upTo) return upTo < target end)
      wait = entryOf(value, enough) + window - now
    end
    if isRebased then return false, total, newest, wait, value, window end
    return false, total, newest, wait
  end
  if cost > 0 then
    local instant = math.max(now, newest)
    local kept = newest == instant and count - 1 or count
    newest, total, sum = instant, total + cost, sum + cost
    value = struct.pack('>d', base)
      .. (kept >= first and string.sub(value, 16 * first - 7, 16 * kept + 8) or '')
      .. struct.pack('>dd', instant, sum)
  elseif not isRebased then
    return true, total, newest, 0
  end
  return true, total, newest, 0, value, newest + window - now
end`;
