import { ResourceManagementClient } from '@azure/arm-resources';
import { DefaultAzureCredential } from '@azure/identity';

// What anybody's first lines against Azure look like: not one option.

const client = new ResourceManagementClient(new DefaultAzureCredential(), process.argv[2] ?? '');
const groups: string[] = [];
for await (const { name } of client.resourceGroups.list()) groups.push(name ?? '');
process.stdout.write(JSON.stringify({ groups }));
