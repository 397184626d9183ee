/** The types of XML Schema itself that an AttributeValue may name by `xsi:type`: what each takes as a value. */
import {
  anyString,
  base64,
  boolean,
  collapsed,
  integer,
  isUriReference,
  language,
  name,
  ncName,
  type SimpleType,
} from './simple-types.rules.js';

const ZONE = '(?:Z|[+-](?:0\\d|1[0-3]):[0-5]\\d|[+-]14:00)?';
/** There is no year 0 (XML Schema, part 2, section 3.2.7.1). */
const YEAR = '-?(?:[1-9]\\d{4,}|(?!0000)\\d{4})';
const MONTH = '(?:0[1-9]|1[0-2])';
/** In a year that has its leap day. */
const MONTH_DAY = '(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d)|(?:0[13-9]|1[0-2])-30|(?:0[13578]|1[02])-31)';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
const TIME = '(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?|24:00:00(?:\\.0+)?)';
const DATE = new RegExp(`^(${YEAR})-(${MONTH})-(${DAY})(?=T|Z|[+-]|$)`);

/** White space around a value counts for strings alone. */
function matching(pattern: string): SimpleType {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (text) => (whole.test(collapsed(text)) ? null : 'has a value that is not of its xsi:type');
}

function onCollapsed(type: SimpleType): SimpleType {
  return (text) => type(collapsed(text));
}

/** The day is one of the month. */
function dated(pattern: string): SimpleType {
  const form = matching(pattern);
  return (text) => {
    const [, year, month, day] = DATE.exec(collapsed(text)) ?? [];
    // Which year it is in a cycle of 400 tells its leap day.
    const last = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
    return Number(day) <= last ? form(text) : 'has a value that is not of its xsi:type';
  };
}

function between(least: bigint | null, most: bigint | null): SimpleType {
  return (text) => {
    const value = collapsed(text);
    // No type with bounds has more digits than 20; a number beyond is read no further.
    if (integer(value) !== null) return 'has a value that is not of its xsi:type';
    const digits = value.replace(/^([+-]?)0+(?=\d)/, '$1');
    const isHuge = digits.length > 21;
    const number = isHuge ? (digits.startsWith('-') ? -(10n ** 21n) : 10n ** 21n) : BigInt(digits.replace('+', ''));
    const isWithin = (least === null || number >= least) && (most === null || number <= most);
    return isWithin ? null : 'has a value that is not of its xsi:type';
  };
}

const decimal = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)';
const float = matching(`${decimal}(?:[Ee][+-]?\\d+)?|INF|-INF|NaN`);
const duration = matching(
  '-?P(?=.)(?:\\d+Y)?(?:\\d+M)?(?:\\d+D)?(?:T(?=\\d|\\.)(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:\\.\\d+)?S)?)?',
);

/** Without ID and IDREF: an ID that only its type makes one is none to whoever looks for IDs, and two of them could be the same. */
export const xsTypes: ReadonlyMap<string, SimpleType> = new Map([
  ['string', anyString],
  ['normalizedString', anyString],
  ['token', anyString],
  ['anySimpleType', anyString],
  ['anyURI', (text: string) => (isUriReference(collapsed(text)) ? null : 'has a value that is not of its xsi:type')],
  ['boolean', onCollapsed(boolean)],
  ['base64Binary', (text: string) => (collapsed(text) === '' ? null : base64(text))],
  ['hexBinary', matching('(?:[0-9A-Fa-f]{2})*')],
  ['decimal', matching(decimal)],
  ['float', float],
  ['double', float],
  ['integer', integer],
  ['nonPositiveInteger', between(null, 0n)],
  ['negativeInteger', between(null, -1n)],
  ['nonNegativeInteger', between(0n, null)],
  ['positiveInteger', between(1n, null)],
  ['long', between(-(2n ** 63n), 2n ** 63n - 1n)],
  ['int', between(-(2n ** 31n), 2n ** 31n - 1n)],
  ['short', between(-32_768n, 32_767n)],
  ['byte', between(-128n, 127n)],
  ['unsignedLong', between(0n, 2n ** 64n - 1n)],
  ['unsignedInt', between(0n, 2n ** 32n - 1n)],
  ['unsignedShort', between(0n, 65_535n)],
  ['unsignedByte', between(0n, 255n)],
  ['dateTime', dated(`${YEAR}-${MONTH}-${DAY}T${TIME}${ZONE}`)],
  ['date', dated(`${YEAR}-${MONTH}-${DAY}${ZONE}`)],
  ['time', matching(`${TIME}${ZONE}`)],
  ['gYearMonth', matching(`${YEAR}-${MONTH}${ZONE}`)],
  ['gYear', matching(`${YEAR}${ZONE}`)],
  ['gMonthDay', matching(`--${MONTH_DAY}${ZONE}`)],
  ['gDay', matching(`---${DAY}${ZONE}`)],
  ['gMonth', matching(`--${MONTH}${ZONE}`)],
  ['duration', duration],
  ['language', onCollapsed(language)],
  ['Name', onCollapsed(name)],
  ['NCName', onCollapsed(ncName)],
  [
    'NMTOKEN',
    (text: string) => (name(`a${collapsed(text)}`) === null && collapsed(text) !== '' ? null : 'is no NMTOKEN'),
  ],
]);
