; Inno Setup 6: an installer for one user, in German, without administrator's rights. UNTRIED: nobody has run it yet (README.md).
; iscc /DVersion=0.1.0 packaging\windows\installer.iss
#ifndef Version
  #error Please call with /DVersion=...
#endif

[Setup]
AppId={{8E0D8B0E-6C1B-4B5E-9B3A-2F7C0B9F4D11}
AppName=BJC Desktop
AppVersion={#Version}
AppPublisher=BJC Desktop
DefaultDirName={autopf}\BJC Desktop
DefaultGroupName=BJC Desktop
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
DisableProgramGroupPage=yes
ChangesAssociations=yes
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\pictures\bjc-desktop.ico
UninstallDisplayIcon={app}\bjc-desktop-window.exe
OutputDir=..\..\dist
OutputBaseFilename=BJC-Desktop-{#Version}-Setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes

[Languages]
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[InstallDelete]
; What an earlier version left must not be mixed with this one. Vaults never lie here.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\bjc-desktop\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Registry]
; A double click on what another program wrote for this one opens it. A bundle is a ZIP by its ending and stays with what opens those.
Root: HKA; Subkey: "Software\Classes\.bjcx"; ValueType: string; ValueData: "BJCDesktop.File"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.bjccard"; ValueType: string; ValueData: "BJCDesktop.File"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.bjcbackup"; ValueType: string; ValueData: "BJCDesktop.File"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\BJCDesktop.File"; ValueType: string; ValueData: "BJC Desktop"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\BJCDesktop.File\shell\open\command"; ValueType: string; ValueData: """{app}\bjc-desktop-window.exe"" ""%1"""

[Icons]
Name: "{autoprograms}\BJC Desktop"; Filename: "{app}\bjc-desktop-window.exe"
Name: "{autodesktop}\BJC Desktop"; Filename: "{app}\bjc-desktop-window.exe"; Tasks: desktopicon

[Tasks]
Name: "desktopicon"; Description: "Symbol auf dem Desktop"; Flags: unchecked

[Run]
Filename: "{app}\bjc-desktop-window.exe"; Description: "BJC Desktop starten"; Flags: nowait postinstall skipifsilent
