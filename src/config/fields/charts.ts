import { defaultPin, pinnedDigest, pinnedVersions, type ChartName } from '../pins.ts';
import type { CloudProfile, PinnedChart } from '../cloud-profile.ts';
import type { Field, Scalar } from '../field.ts';

const pinOf = (chart: ChartName, profile: CloudProfile): PinnedChart => profile.charts[chart] ?? defaultPin(chart);

const digestOf = (chart: ChartName, version: Scalar | undefined, profile: CloudProfile): string | undefined => {
  const pin = pinOf(chart, profile);
  return version === pin.version ? pin.sha256 : pinnedDigest(chart, String(version));
};

const referenceCheck = (value: Scalar): string | undefined => {
  const text = String(value);
  if (text.startsWith('oci://')) {
    return /^oci:\/\/[^/\s]+\/\S*[^/\s:@]$/u.test(text) && !/[:@][^/]*$/u.test(text.replace(/^oci:\/\/[^/]+/u, ''))
      ? undefined
      : 'an OCI reference has a host and a path and neither tag nor digest; the version has a flag of its own';
  }
  return text.endsWith('.tgz') ? undefined : 'that is neither an oci:// reference nor a .tgz file';
};

const chartForm = 'an oci:// reference without tag, or the path of a chart archive ending in .tgz';
const versionForm = 'the version of the chart without "v", such as 1.20.0';
const digestForm = "64 hexadecimal digits in lower case: the sha256 of the chart's .tgz";
const versionPattern = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/u;
const valuesForm = 'the path of a YAML file, absolute or relative to the file or folder that it is given in';
const digestPattern = /^[0-9a-f]{64}$/u;

export const chartFields = [
  {
    path: 'cilium.chart',
    flag: 'cilium-chart',
    kind: 'text',
    group: 'charts',
    help: 'where the Cilium chart comes from',
    form: chartForm,
    example: './charts/cilium-1.20.0.tgz',
    fallback: { words: defaultPin('cilium').reference, of: (_known, profile) => pinOf('cilium', profile).reference },
    check: referenceCheck,
  },
  {
    path: 'cilium.version',
    flag: 'cilium-version',
    kind: 'text',
    group: 'charts',
    help: `version of the Cilium chart; digests are known for ${pinnedVersions('cilium').join(', ')}`,
    form: versionForm,
    example: '1.19.6',
    fallback: { words: defaultPin('cilium').version, of: (_known, profile) => pinOf('cilium', profile).version },
    pattern: versionPattern,
  },
  {
    path: 'cilium.sha256',
    flag: 'cilium-sha256',
    kind: 'text',
    group: 'charts',
    help: 'sha256 of the Cilium chart archive; needed for a version whose digest is not known',
    form: digestForm,
    example: '21c43cf53841f9ab0375047d95aa4c64051ea52bbd2c679416e6408f5f1c9179',
    required: true,
    fallback: {
      words: 'the known digest of that version',
      of: (known, profile) => digestOf('cilium', known['cilium.version'], profile),
    },
    pattern: digestPattern,
  },
  {
    path: 'cilium.values',
    flag: 'cilium-values',
    kind: 'text',
    group: 'charts',
    help: 'Helm values of your own for Cilium, merged over ours; keys that the chart does not read are refused',
    form: valuesForm,
    example: './cilium-values.yaml',
    fallback: { words: 'none', of: () => undefined },
  },
  {
    path: 'tetragon.chart',
    flag: 'tetragon-chart',
    kind: 'text',
    group: 'charts',
    help: 'where the Tetragon chart comes from',
    form: chartForm,
    example: './charts/tetragon-1.7.0.tgz',
    fallback: {
      words: defaultPin('tetragon').reference,
      of: (_known, profile) => pinOf('tetragon', profile).reference,
    },
    check: referenceCheck,
  },
  {
    path: 'tetragon.version',
    flag: 'tetragon-version',
    kind: 'text',
    group: 'charts',
    help: `version of the Tetragon chart; digests are known for ${pinnedVersions('tetragon').join(', ')}`,
    form: versionForm,
    example: '1.7.0',
    fallback: { words: defaultPin('tetragon').version, of: (_known, profile) => pinOf('tetragon', profile).version },
    pattern: versionPattern,
  },
  {
    path: 'tetragon.sha256',
    flag: 'tetragon-sha256',
    kind: 'text',
    group: 'charts',
    help: 'sha256 of the Tetragon chart archive; needed for a version whose digest is not known',
    form: digestForm,
    example: 'dbce8a050d50bdc5b96291e3bfe7aaad2e1bc59a397c3963925e34763119f2c3',
    required: true,
    fallback: {
      words: 'the known digest of that version',
      of: (known, profile) => digestOf('tetragon', known['tetragon.version'], profile),
    },
    pattern: digestPattern,
  },
  {
    path: 'tetragon.values',
    flag: 'tetragon-values',
    kind: 'text',
    group: 'charts',
    help: 'Helm values of your own for Tetragon, merged over ours; keys that the chart does not read are refused',
    form: valuesForm,
    example: './tetragon-values.yaml',
    fallback: { words: 'none', of: () => undefined },
  },
] as const satisfies readonly Field[];
