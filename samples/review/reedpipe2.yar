rule Reedpipe2_Loader
{
    meta:
        description = "Loader of Reedpipe that asks a bucket for its second stage"
    strings:
        $path = "/stage/" ascii
        $agent = "rp/2." ascii
    condition:
        uint16(0) == 0x5A4D and all of them
}
