/** How many bytes the text of a state may have: more is not fetched. */
export const LONGEST: number = 1 << 20;

/** How the version of a text starts, a UUID; the rest of it tells which text it was given to. */
export const TOKEN_LENGTH = 36;

// Each script gets the key of the text and that of its version as KEYS, and the channel as ARGV[1]. What they answer is
// text throughout, because clients differ in how they give back numbers and nothing.

// For scripts that look at what is stored: nobody wants to lose, or to transfer, what is no state.
const CHECK_KIND = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'string' then return {'kind', kind} end`;

// Nobody hears of it if the user may not publish: polling is the net under that.
const PUBLISH = `redis.pcall('PUBLISH', ARGV[1], 'changed')`;

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Reads the text with its version. ARGV[2] is a new token.
 *
 * A version that was given to another text, or to none, is not that of this text: somebody changed it by hand. Whoever
 * sees it first gives it a version and tells the others. That also tells a key that is deleted later from lost data.
 * On a read-only replica there is nothing but the text.
 */
export const READ: string = `${CHECK_KIND}
local size = redis.call('STRLEN', KEYS[1])
if size > ${LONGEST} then return {'size', tostring(size)} end
local text = redis.call('GET', KEYS[1])
local version = redis.call('GET', KEYS[2])
if not text and not version then return {'nothing'} end
local holder = text and redis.sha1hex(text) or '-'
if not version or string.sub(version, ${TOKEN_LENGTH + 2}) ~= holder then
  version = ARGV[2] .. ' ' .. holder
  if redis.pcall('SET', KEYS[2], version).err then
    version = ''
  else
    ${PUBLISH}
  end
end
if text then return {'text', version, text} end
return {'off', version}`;

/**
 * Puts back what was lost, unless somebody else did, and reads. ARGV[2] is a new token, ARGV[3] the version, ARGV[4]
 * the text if there was one.
 */
export const RESTORE: string = `
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  if ARGV[4] then
    redis.call('MSET', KEYS[1], ARGV[4], KEYS[2], ARGV[3])
  else
    redis.call('SET', KEYS[2], ARGV[3])
  end
  ${PUBLISH}
end${READ}`;

/**
 * Writes. ARGV[2] is the token of the new version, ARGV[3] the text, ARGV[4] the latest time by the clock of Redis,
 * ARGV[5] what has to be there: 'any', 'nothing' or 'text', which is ARGV[6].
 */
export const WRITE: string = `${CHECK_KIND}
local version = redis.call('GET', KEYS[2])
-- A client sends a command again if the connection was lost before the answer came: it was done then.
if version and string.sub(version, 1, ${TOKEN_LENGTH}) == ARGV[2] then return {'text', version, ARGV[3]} end
${CLOCK}
if now > tonumber(ARGV[4]) then return {'late'} end
if ARGV[5] ~= 'any' and redis.call('GET', KEYS[1]) ~= (ARGV[5] == 'text' and ARGV[6]) then return {'other'} end
version = ARGV[2] .. ' ' .. redis.sha1hex(ARGV[3])
redis.call('MSET', KEYS[1], ARGV[3], KEYS[2], version)
${PUBLISH}
return {'text', version, ARGV[3]}`;

/** The time in milliseconds since 1970. Asked for by a script, so that a cluster asks the node that is written to. */
export const NOW: string = `${CLOCK}
return {string.format('%.0f', now)}`;

// The scripts of the registry get the key of the records and that of the times when they expire.

/**
 * Keeps the record ARGV[2] of the process ARGV[1] for ARGV[3] ms. The expired ones go here, so that those of a fleet that
 * nobody ever lists do not pile up; once the last process is gone, all of it goes.
 */
export const PUT: string = `${CLOCK}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', '0', '100')) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[3]), ARGV[1])
local rest = string.format('%.0f', math.max(redis.call('PTTL', KEYS[2]), tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], rest)
redis.call('PEXPIRE', KEYS[2], rest)
return {}`;

/** Removes the record of the process ARGV[1]. */
export const REMOVE: string = `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return {}`;

/** Lists the records that have not expired. It writes nothing, so that it works on a replica. */
export const LIST: string = `${CLOCK}
local records = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], string.format('(%.0f', now), '+inf')) do
  local record = redis.call('HGET', KEYS[1], id)
  if record then records[#records + 1] = record end
end
return records`;
