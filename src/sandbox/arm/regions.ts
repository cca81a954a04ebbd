/** A region of the imitated cloud and the VM sizes it does not have. */
export interface Region {
  readonly name: string;
  readonly displayName: string;
  readonly geography: string;
  readonly zones: readonly string[];
  /** Sizes that the region lacks altogether. */
  readonly lacks: readonly string[];
  /** Sizes that exist there, but not for this subscription. */
  readonly restricted: readonly string[];
  /** Zones that a size is not to be had in by this subscription. */
  readonly zonesWithout: Readonly<Record<string, readonly string[]>>;
}

const region = (
  name: string,
  displayName: string,
  geography: string,
  options: Partial<Pick<Region, 'zones' | 'lacks' | 'restricted' | 'zonesWithout'>> = {},
): Region => ({
  name,
  displayName,
  geography,
  zones: ['1', '2', '3'],
  lacks: [],
  restricted: [],
  zonesWithout: {},
  ...options,
});

export const regions: readonly Region[] = [
  region('eastus', 'East US', 'US', { restricted: ['Standard_D4s_v6'] }),
  region('eastus2', 'East US 2', 'US', { zonesWithout: { Standard_D4s_v5: ['2'], Standard_D16s_v5: ['1', '3'] } }),
  region('westus2', 'West US 2', 'US'),
  region('westus3', 'West US 3', 'US'),
  region('centralus', 'Central US', 'US'),
  region('northeurope', 'North Europe', 'Europe'),
  region('westeurope', 'West Europe', 'Europe', { restricted: ['Standard_D8s_v5'] }),
  region('uksouth', 'UK South', 'Europe'),
  region('ukwest', 'UK West', 'Europe', {
    zones: [],
    lacks: ['Standard_D4ads_v5', 'Standard_D8ads_v5', 'Standard_D4s_v6'],
  }),
  region('swedencentral', 'Sweden Central', 'Europe'),
  region('germanywestcentral', 'Germany West Central', 'Europe'),
  region('francecentral', 'France Central', 'Europe'),
  region('switzerlandnorth', 'Switzerland North', 'Europe'),
  region('australiaeast', 'Australia East', 'Asia Pacific'),
  region('japaneast', 'Japan East', 'Asia Pacific'),
  region('southeastasia', 'Southeast Asia', 'Asia Pacific'),
  region('brazilsouth', 'Brazil South', 'South America', {
    lacks: ['Standard_D4s_v6', 'Standard_D4s_v5', 'Standard_D4as_v5'],
  }),
];

/** Azure takes a region's display name or its name, in any case. */
export const findRegion = (text: string): Region | undefined => {
  const name = text.replaceAll(' ', '').toLowerCase();
  return regions.find((one) => one.name === name);
};

export interface VmSize {
  readonly name: string;
  readonly family: string;
  readonly vCpus: number;
  readonly memoryGb: number;
}

const size = (name: string, family: string, vCpus: number, memoryGb: number): VmSize => ({
  name,
  family,
  vCpus,
  memoryGb,
});

export const vmSizes: readonly VmSize[] = [
  size('Standard_B2s', 'standardBSFamily', 2, 4),
  size('Standard_B2ms', 'standardBSFamily', 2, 8),
  size('Standard_B4ms', 'standardBSFamily', 4, 16),
  size('Standard_D2_v3', 'standardDv3Family', 2, 8),
  size('Standard_D2s_v3', 'standardDSv3Family', 2, 8),
  size('Standard_D4s_v3', 'standardDSv3Family', 4, 16),
  size('Standard_DS2_v2', 'standardDSv2Family', 2, 7),
  size('Standard_DS3_v2', 'standardDSv2Family', 4, 14),
  size('Standard_D2s_v5', 'standardDSv5Family', 2, 8),
  size('Standard_D4s_v5', 'standardDSv5Family', 4, 16),
  size('Standard_D8s_v5', 'standardDSv5Family', 8, 32),
  size('Standard_D16s_v5', 'standardDSv5Family', 16, 64),
  size('Standard_D4as_v5', 'standardDASv5Family', 4, 16),
  size('Standard_D8as_v5', 'standardDASv5Family', 8, 32),
  size('Standard_D4ads_v5', 'standardDADSv5Family', 4, 16),
  size('Standard_D8ads_v5', 'standardDADSv5Family', 8, 32),
  size('Standard_D4s_v6', 'standardDsv6Family', 4, 16),
  size('Standard_E4s_v5', 'standardESv5Family', 4, 32),
  size('Standard_F4s_v2', 'standardFSv2Family', 4, 8),
];

export const findVmSize = (name: string): VmSize | undefined =>
  vmSizes.find((one) => one.name.toLowerCase() === name.toLowerCase());
