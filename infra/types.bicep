// Types that the modules share.

@export()
@description('The tags of every resource. azd finds its resources by azd-env-name, and an app by azd-service-name.')
type Tags = {
  @description('Name of the azd environment.')
  'azd-env-name': string

  *: string
}

@export()
@description('Ending that makes names unique: what uniqueString() gives.')
@minLength(13)
@maxLength(13)
type Token = string

@export()
@description('The GPU of the large model.')
type Gpu = 'none' | 'T4' | 'A100'

@export()
@description('A workload profile of the Container Apps environment. Named by its type, because the type of a profile that is there cannot be changed.')
type Profile = 'Consumption' | 'gpu-t4' | 'gpu-a100'

@export()
@description('The profile on which the large app runs.')
func profileOf(gpu Gpu) Profile => gpu == 'none' ? 'Consumption' : gpu == 'T4' ? 'gpu-t4' : 'gpu-a100'

@export()
@description('An application setting or environment variable.')
type Setting = {
  name: string
  value: string
}

@export()
@description('Settings by name.')
type Settings = {
  *: string
}
