import { MAX_ICON_BYTES } from '../limits.ts'

/**
 * Elements an icon may hold: shapes, text, gradients, filters and the metadata that drawing programs leave behind.
 * Nothing that runs, animates, embeds a document or reaches out.
 */
const ELEMENTS = new Set(
  (
    'svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textpath image style ' +
    'lineargradient radialgradient stop clippath mask pattern marker switch view metadata filter feblend ' +
    'fecolormatrix fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap ' +
    'fedistantlight fedropshadow feflood fefunca fefuncb fefuncg fefuncr fegaussianblur femerge femergenode ' +
    'femorphology feoffset fepointlight fespecularlighting fespotlight fetile feturbulence'
  ).split(' '),
)
const METADATA_PREFIXES = new Set(['rdf', 'cc', 'dc', 'sodipodi', 'inkscape', 'sketch', 'serif', 'xmp'])
const RASTER_DATA = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/
const TAG =
  /<(\/?)([A-Za-z][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!--[\s\S]*?-->|<\?xml\s[^<>?]*\?>/g
const ATTRIBUTE = /([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g

/**
 * Says why a text may not be shown as an SVG icon, or undefined if it may. An allow list: what is not understood is
 * refused, because icons of strangers are shown to administrators.
 */
export function findIconFault(svg: string): string | undefined {
  if (Buffer.byteLength(svg) > MAX_ICON_BYTES) return `is larger than ${MAX_ICON_BYTES / 1024} KB`
  const trimmed = svg.trim()
  if (!/^(?:<\?xml\s[^<>?]*\?>\s*|<!--[\s\S]*?-->\s*)*<svg[\s>]/.test(trimmed) || !trimmed.endsWith('>')) {
    return 'is no SVG: it must start with <svg and end with </svg>'
  }
  let end = 0
  let insideStyle = false
  for (const match of trimmed.matchAll(TAG)) {
    const between = trimmed.slice(end, match.index)
    end = match.index + match[0].length
    if (between.includes('<')) return 'holds markup that is not plain SVG (a DOCTYPE, CDATA or a broken tag)'
    if (insideStyle && reachesOut(between)) return 'loads something from elsewhere in its styles'
    const [, closing, name, attributes = ''] = match
    if (name === undefined) continue
    const element = name.toLowerCase()
    if (!isAllowedElement(element)) return `holds the element <${name}>`
    insideStyle = element === 'style' && closing === ''
    const fault = findAttributeFault(element, attributes)
    if (fault !== undefined) return fault
  }
  return trimmed.slice(end).includes('<') ? 'ends in a broken tag' : undefined
}

function isAllowedElement(element: string): boolean {
  const colon = element.indexOf(':')
  return colon === -1 ? ELEMENTS.has(element) : METADATA_PREFIXES.has(element.slice(0, colon))
}

function findAttributeFault(element: string, attributes: string): string | undefined {
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const attribute = name.toLowerCase()
    const value = double ?? single ?? ''
    if (attribute.startsWith('on')) return `holds the event handler ${name}`
    // With a numeric reference a value could spell what the checks below look for.
    if (value.includes('&#')) return `hides characters in the attribute ${name}`
    if (value.includes('www.w3.org/1999/xhtml')) return 'holds HTML'
    if (attribute === 'href' || attribute.endsWith(':href')) {
      const isInside = value.startsWith('#') || (element === 'image' && RASTER_DATA.test(value))
      if (!isInside) return `points outside itself (${name})`
    } else if (attribute === 'src' || reachesOut(value)) return `loads something from elsewhere (${name})`
  }
  return undefined
}

function reachesOut(text: string): boolean {
  return (
    /url\s*\(\s*["']?\s*(?!["'#])/i.test(text) ||
    /@import|javascript:|expression\s*\(|\\|image-set|-moz-binding/i.test(text)
  )
}
